import { baseErrors } from './base.ts';
import { siteErrors } from './site.ts';
import { keyErrors } from './keys.ts';
import { bundleErrors } from './bundle.ts';
import { archiveErrors } from './archive.ts';
import { artefactErrors } from './artefact.ts';
import { modelFolderErrors } from './model-folder.ts';
import { onnxErrors } from './onnx.ts';
import { signatureErrors } from './signature.ts';
import { verificationErrors } from './verification.ts';
import { trustErrors } from './trust.ts';
import { mediaErrors } from './media.ts';
import { deviceErrors } from './device.ts';
import { benchmarkErrors } from './benchmark.ts';
import { rolloutErrors } from './rollout.ts';
import { reviewErrors } from './review.ts';
import { telemetryErrors } from './telemetry.ts';
import { auditErrors } from './audit.ts';
import { rpcErrors } from './rpc.ts';
import type { ErrorEntry } from './catalogue.ts';

export type { ErrorEntry, RetryAdvice } from './catalogue.ts';

/** Every code that may cross a boundary of the product. One table, merged from the areas. */
export const ERROR_CATALOGUE = {
  ...baseErrors,
  ...siteErrors,
  ...keyErrors,
  ...bundleErrors,
  ...archiveErrors,
  ...modelFolderErrors,
  ...onnxErrors,
  ...artefactErrors,
  ...signatureErrors,
  ...verificationErrors,
  ...trustErrors,
  ...mediaErrors,
  ...deviceErrors,
  ...benchmarkErrors,
  ...rolloutErrors,
  ...reviewErrors,
  ...telemetryErrors,
  ...auditErrors,
  ...rpcErrors,
} as const;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CATALOGUE, code);
}

/** The catalogue row of a code. */
export function errorEntry(code: ErrorCode): ErrorEntry {
  return ERROR_CATALOGUE[code];
}

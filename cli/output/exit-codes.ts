import type { ErrorCode } from '#contracts/errors/index.ts';

/** The exit codes of the command line: a public contract (docs of `gantry`). */
export const EXIT = { done: 0, failed: 1, usage: 2, refused: 3, environment: 4, notAuthorised: 5 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Codes that end with something else than "wrong usage or unreadable input". The first pattern that fits decides. */
const RULES: readonly (readonly [RegExp, ExitCode])[] = [
  [/^INTERNAL$/, EXIT.failed],
  [/^(?:NOT_PERMITTED|SESSION_REQUIRED|ROLLOUT_TICKET_MISSING|ROLLOUT_NOT_CONFIRMED)$/, EXIT.notAuthorised],
  [
    /^(?:DISK_\w+|MEDIA_(?:GONE|PART_MISSING|TARGET_TOO_SMALL|READ_ONLY)|IMPORT_NO_SPACE|VOLUME_UNKNOWN|\w+_UNREACHABLE|\w+_UNAVAILABLE|LISTEN_FAILED|TUF_FETCH_FAILED|SITE_LOCKED|AUDIT_APPEND_FAILED|TELEMETRY_BACKPRESSURE|RPC_CLOSED|PKCS11_(?:TOKEN_GONE|TOKEN_NOT_FOUND|NOT_INSTALLED)|PAGE_NOT_BUILT|BENCHMARK_RUNTIME_MISSING)$/,
    EXIT.environment,
  ],
  [/^(?:BUNDLE_SPEC_INVALID|BUNDLE_LAYOUT_INVALID|MODEL_FOLDER_INVALID|ARCHIVE_MALFORMED|ONNX_MALFORMED)$/, EXIT.usage],
  [
    /^(?:(?:BUNDLE|ARCHIVE|MODEL_(?:FILE|FOLDER|SIGNATURE)|SIGNATURE|ATTESTATION|PROVENANCE|SBOM|CONTRACT|SEQUENCE|ONNX|ARTEFACT|SCAN|DOCUMENT|SLOT|ROLLOUT)_\w+|RUNTIME_NOT_ALLOWED|IMPORT_REFUSED|MEDIA_(?:PART_DAMAGED|SIGNATURE_INVALID|INDEX_UNSIGNED)|ENROLMENT_CODE_INVALID|STATION_IDENTITY_WRONG|DEVICE_CERTIFICATE_REFUSED|AUDIT_CHAIN_BROKEN|AGE_(?:RECIPIENT_WRONG|HEADER_INVALID|TRUNCATED|DAMAGED)|TUF_\w+|TRUST_(?:CHANGED_MEANWHILE|DOWNGRADE_NONE|TIME_NOT_BACK|ROOT_\w+|EXCEPTION_\w+)|CONFLICT)$/,
    EXIT.refused,
  ],
];

/** How the process ends for an error of the catalogue. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  return RULES.find(([pattern]) => pattern.test(code))?.[1] ?? EXIT.usage;
}

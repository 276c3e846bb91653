import type { Runtime } from '#contracts/bundle.ts';
import type { Finding } from '#core/base/index.ts';
import type { ExternalFiles } from '#core/onnx/index.ts';

/** What is known about the file beside its bytes. */
export interface ScanQuestion {
  /** The runtime that is to load it, when one is named. */
  readonly runtime?: Runtime;
  readonly runtimeVersion?: string;
  /** Its name, where it has one. */
  readonly name?: string;
  /** Files beside it that its data may lie in, with their sizes. */
  readonly files?: ExternalFiles;
}

/** What a scan of one kind says. */
export interface KindScan {
  readonly findings: readonly Finding[];
  readonly summary: string;
}

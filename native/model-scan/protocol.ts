import type { ArtefactScan, ScanQuestion } from '#core/artefacts/index.ts';

/** Names the folder of compiled code to a child process. */
export const COMPILED_CODE_FLAG = '--gantry-compiled-code=';

/** What the program tells the scanning child. It reads nothing by itself: every byte is handed to it. */
export type ToScanChild =
  | { readonly type: 'job'; readonly sizeBytes: number; readonly question: ScanQuestion }
  | { readonly type: 'bytes'; readonly bytes: Uint8Array };

/** What the child answers: it asks for bytes, one range at a time, and ends with one scan. */
export type FromScanChild =
  | { readonly type: 'started' }
  | { readonly type: 'read'; readonly start: number; readonly length: number }
  | { readonly type: 'scan'; readonly scan: ArtefactScan };

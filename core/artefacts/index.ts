export { bytesAsSource, type ByteSource } from './byte-source.ts';
export { artefactFinding } from './finding.ts';
export type { ArtefactKind } from './kinds.ts';
export type { ScanQuestion } from './question.ts';
export { scanArtefact, SCANNER_VERSION, type ArtefactScan } from './scan.ts';

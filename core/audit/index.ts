export { CHAIN_START, hashRecord, walkChain, type AuditDraft, type ChainBreak, type ChainHead } from './chain.ts';
export { openCheckpoint, signCheckpoint, type Checkpoint } from './checkpoint.ts';
export { buildAuditExport, verifyAuditExport, type AuditExportProblem } from './export.ts';
export { merkleRoot } from './merkle.ts';

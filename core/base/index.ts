export { AppError, isAppError, toAppError, type ErrorDetails } from './app-error.ts';
export { assertNever, invariant } from './assert-never.ts';
export { GIB, KIB, MIB } from './bytes.ts';
export { canonicalJson, type Json } from './canonical-json.ts';
export { toIsoUtc, type Clock, type IdSource, type Instant } from './clock.ts';
export { digestHex, isDigest, shortDigest, type Digest } from './digest.ts';
export { isBlocking, type Finding, type Severity } from './finding.ts';
export { PROGRESS_INTERVAL_MS, type ReportProgress } from './progress.ts';

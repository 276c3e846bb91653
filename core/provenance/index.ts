export { sbomPredicate } from './cyclonedx.ts';
export { diffParts, type DiffedPart, type PartChange } from './diff-parts.ts';
export { matchKnownBad, type KnownBadMatch } from './known-bad.ts';
export type { Part, PartsList, PartsRead, PartsSchema } from './parts-list.ts';
export { isPartsPredicate, readPartsList } from './read-parts-list.ts';
export { provenancePredicate, readProvenance, type Provenance } from './slsa.ts';
export {
  bundleResourceUri,
  summaryPredicate,
  SummaryPredicate,
  verifierOf,
  type VerificationSummary,
} from './verification-summary.ts';
export { InTotoStatement, speaksAbout, statementBytes, type Statement } from './statement.ts';

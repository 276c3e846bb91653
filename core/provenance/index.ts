export { readSbom, sbomPredicate, type PartsList } from './cyclonedx.ts';
export { provenancePredicate, readProvenance, type Provenance } from './slsa.ts';
export {
  bundleResourceUri,
  summaryPredicate,
  SummaryPredicate,
  verifierOf,
  type VerificationSummary,
} from './verification-summary.ts';
export { InTotoStatement, speaksAbout, statementBytes, type Statement } from './statement.ts';

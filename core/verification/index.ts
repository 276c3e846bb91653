export { compareToLine, sentencesOf } from './compare-contract.ts';
export { judgeStored, type StoredJudgement } from './judge-stored.ts';
export { policyDigest, type SummaryTrust } from './judge-summary.ts';
export { fact, type FactCode } from './facts.ts';
export type {
  AttestationResult,
  AttestationVerifier,
  SignatureDemands,
  SignatureFault,
  TrustedRootSummary,
  VerifiedAttestation,
} from './ports.ts';
export type { VerifiedBundle } from './verified-bundle.ts';
export {
  verifyModelBundle,
  type Verification,
  type VerificationInput,
  type VerificationPorts,
} from './verify-model-bundle.ts';

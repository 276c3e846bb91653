export { describeTrustedRoot } from './describe-trusted-root.ts';
export {
  BUNDLE_LIMIT_BYTES,
  parseTrustedRoot,
  TRUSTED_ROOT_LIMIT_BYTES,
  verifySigstoreBundle,
  type SignerDemand,
  type SigstoreVerdict,
  type TrustedRoot,
} from './keyless/index.ts';
export { signStatement } from './sign-statement.ts';
export { sigstoreAttestations } from './verify-attestation.ts';

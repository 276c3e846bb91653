export type { SignerDemand } from './demands.ts';
export { BUNDLE_LIMIT_BYTES } from './document.ts';
export { parseTrustedRoot, TRUSTED_ROOT_LIMIT_BYTES, type TrustedRoot } from './trusted-root.ts';
export { verifySigstoreBundle, type SigstoreVerdict, type VerifyBundleInput } from './verify-bundle.ts';

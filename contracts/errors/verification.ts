import { defineErrors } from './catalogue.ts';

const KEPT = 'Nothing was added to the store.';

/** Reasons why a verdict is negative that are not faults of the bundle's form (those are in bundle.ts and onnx.ts). */
export const verificationErrors = defineErrors({
  BUNDLE_TOO_LARGE: {
    retry: 'never',
    what: 'A document of the bundle is larger than its limit.',
    unchanged: 'Nothing was read past the limit.',
    next: 'Ask the publisher why it is this large.',
  },
  BUNDLE_SIZE_MISMATCH: {
    retry: 'never',
    what: 'A blob does not have the size that its manifest states.',
    unchanged: KEPT,
    next: 'Copy the bundle again; if it repeats, the medium or the sender is at fault.',
  },
  SIGNATURE_MATERIAL_WRONG: {
    retry: 'never',
    what: 'The signature is of another kind than the policy demands.',
    unchanged: KEPT,
    next: 'Ask the publisher for a signature of the demanded kind, or change the policy.',
  },
  SIGNATURE_SUBJECT_MISMATCH: {
    retry: 'never',
    what: 'The signed statement speaks about other content.',
    unchanged: KEPT,
    next: 'Do not use this bundle; tell the publisher and security.',
  },
  SIGNATURE_LOG_MISSING: {
    retry: 'never',
    what: 'The signature has fewer transparency log entries than the policy demands.',
    unchanged: KEPT,
    next: 'Ask the publisher for a logged signature, or change the policy.',
  },
  SIGNATURE_TIMESTAMP_MISSING: {
    retry: 'never',
    what: 'The signature has fewer timestamps than the policy demands.',
    unchanged: KEPT,
    next: 'Ask the publisher for a timestamped signature, or change the policy.',
  },
  ATTESTATION_INVALID: {
    retry: 'never',
    what: 'An attestation of the bundle cannot be verified.',
    unchanged: KEPT,
    next: 'Ask the publisher for the attestation again.',
  },
  PROVENANCE_MISSING: {
    retry: 'never',
    what: 'The bundle does not say who built it, and the policy demands that.',
    unchanged: KEPT,
    next: 'Ask the publisher for a bundle with signed SLSA provenance.',
  },
  PROVENANCE_INVALID: {
    retry: 'never',
    what: 'The provenance is not SLSA provenance v1.',
    unchanged: KEPT,
    next: 'Ask the publisher for correct provenance.',
  },
  PROVENANCE_BUILDER_UNTRUSTED: {
    retry: 'after-operator',
    what: 'The bundle was built by a builder that the policy does not list.',
    unchanged: KEPT,
    next: 'Compare the builder with the publisher; add it to the policy only if it is right.',
  },
  PROVENANCE_SOURCE_UNTRUSTED: {
    retry: 'after-operator',
    what: 'The bundle was built from a source that the policy does not list.',
    unchanged: KEPT,
    next: 'Compare the source with the publisher; add it to the policy only if it is right.',
  },
  SBOM_MISSING: {
    retry: 'never',
    what: 'The bundle has no parts list, and the policy demands one.',
    unchanged: KEPT,
    next: 'Ask the publisher for a bundle with a signed CycloneDX parts list.',
  },
  SBOM_INVALID: {
    retry: 'never',
    what: 'The parts list is not CycloneDX.',
    unchanged: KEPT,
    next: 'Ask the publisher for a correct parts list.',
  },
  SBOM_MISMATCH: {
    retry: 'never',
    what: 'The parts list does not list the weights that are in the bundle.',
    unchanged: KEPT,
    next: 'Do not use this bundle; tell the publisher.',
  },
  CONTRACT_MISMATCH: {
    retry: 'never',
    what: 'The model does not fit the inputs of this line.',
    unchanged: KEPT,
    next: 'Ask for a model built for this line, or correct the line.',
  },
  CONTRACT_MODEL_MISMATCH: {
    retry: 'never',
    what: 'The contract says something else than the model itself.',
    unchanged: KEPT,
    next: 'Ask the publisher for a corrected bundle.',
  },
  SEQUENCE_TOO_OLD: {
    retry: 'after-operator',
    what: 'The bundle is older than one that this site has accepted.',
    unchanged: 'The newer bundle stays in the store.',
    next: 'To go back on purpose, roll back to the pinned previous version.',
  },
  BUNDLE_TOO_OLD: {
    retry: 'never',
    what: 'The bundle is older than the policy allows.',
    unchanged: KEPT,
    next: 'Ask the publisher for a current bundle.',
  },
  RUNTIME_NOT_ALLOWED: {
    retry: 'after-operator',
    what: 'A variant needs a runtime that the policy does not allow.',
    unchanged: KEPT,
    next: 'Ask for another variant, or allow the runtime in the policy.',
  },
});

export type VerificationCode = keyof typeof verificationErrors;

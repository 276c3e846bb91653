import { defineErrors } from './catalogue.ts';

const KEPT = 'Nothing was added to the store.';

/** Reasons why a signature is refused that somebody has to be able to tell apart; those of log, time and certificate are in verification.ts. */
export const signatureErrors = defineErrors({
  SIGNATURE_JSON_AMBIGUOUS: {
    retry: 'never',
    what: 'A signed document is no JSON, or is JSON that two programs can read as two documents: a name twice, or data behind its end.',
    unchanged: KEPT,
    next: 'Do not use this bundle; keep the file and tell security.',
  },
  SIGNATURE_PAYLOAD_TYPE_WRONG: {
    retry: 'never',
    what: 'The signature holds, but over a document of another type than a statement about a bundle.',
    unchanged: KEPT,
    next: 'Ask the publisher which document was signed; a statement of in-toto is needed.',
  },
  SIGNER_CHANNEL_WRONG: {
    retry: 'after-operator',
    what: 'The signer is trusted at this site, but not for the channel of this bundle.',
    unchanged: KEPT,
    next: 'Ask for a bundle signed for this channel. Let this signer sign for it only if that was decided.',
  },
  SIGNATURE_SOURCE_WRONG: {
    retry: 'after-operator',
    what: 'The certificate of the right identity states another source repository than this site demands of it.',
    unchanged: KEPT,
    next: 'Compare repository and owner with the publisher; a copy of the repository may be at work.',
  },
  SIGNATURE_REF_WRONG: {
    retry: 'after-operator',
    what: 'The certificate of the right identity states another branch or tag than this site demands of it.',
    unchanged: KEPT,
    next: 'Ask the publisher for a bundle of the agreed branch or tag.',
  },
  SIGNATURE_BUILDER_WRONG: {
    retry: 'after-operator',
    what: 'The certificate of the right identity states another builder or kind of runner than this site demands of it.',
    unchanged: KEPT,
    next: 'Compare the builder with the publisher; change the trusted identity only if it is right.',
  },
});

export type SignatureCode = keyof typeof signatureErrors;

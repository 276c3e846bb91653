import { defineErrors } from './catalogue.ts';

const KEPT = 'What the site trusts did not change; what was accepted before still holds.';

/** Changes of what a site trusts, and its trust repository (TUF) on media. */
export const trustErrors = defineErrors({
  TRUST_KEY_UNKNOWN: {
    retry: 'never',
    what: 'No key with this id is trusted here.',
    unchanged: 'What is trusted did not change.',
    next: 'Read the trusted keys on the Trust screen or with `gantry trust show`.',
  },
  TRUST_IDENTITY_UNKNOWN: {
    retry: 'never',
    what: 'No identity with this name is trusted here.',
    unchanged: 'What is trusted did not change.',
    next: 'Read the trusted identities on the Trust screen or with `gantry trust show`.',
  },
  TRUST_CHANGED_MEANWHILE: {
    retry: 'after-operator',
    what: 'Another person changed trust or rules after this change was begun.',
    unchanged: 'Nothing of this change was written.',
    next: 'Read what is in force now, then decide again.',
  },
  TUF_METADATA_INVALID: {
    retry: 'never',
    what: 'A metadata file of the trust repository is damaged or of the wrong kind.',
    unchanged: KEPT,
    next: 'Copy the repository again; if it repeats, tell those who made it.',
  },
  TUF_SIGNATURES_MISSING: {
    retry: 'never',
    what: 'A metadata file of the trust repository lacks signatures of the keys that must sign it.',
    unchanged: KEPT,
    next: 'Do not use this medium. Ask those who keep the root keys what happened.',
  },
  TUF_VERSION_MISMATCH: {
    retry: 'never',
    what: 'A metadata file of the trust repository has another version than the one that must come next.',
    unchanged: KEPT,
    next: 'Copy the whole repository again from one state; if it repeats, tell those who made it.',
  },
  TUF_ROLLED_BACK: {
    retry: 'never',
    what: 'The trust repository is older than what this site accepted before.',
    unchanged: KEPT,
    next: 'Use the newest medium. If this one claims to be the newest, tell security.',
  },
  TUF_ROOT_FORKED: {
    retry: 'never',
    what: 'The trust repository has another root of the same version than the one that this site accepted.',
    unchanged: KEPT,
    next: 'Do not use this medium; tell security and those who keep the root keys.',
  },
  TUF_ROOT_LINK_MISSING: {
    retry: 'after-operator',
    what: 'The medium has newer roots, but not the one that must come next, so the chain from here to there cannot be checked.',
    unchanged: KEPT,
    next: 'Ask for a medium with every root since the version that the Trust screen shows.',
  },
  TUF_CONTENT_MISMATCH: {
    retry: 'after-operator',
    what: 'A file of the trust repository does not have the content that was signed.',
    unchanged: KEPT,
    next: 'Copy the repository again; if it repeats, tell those who made it.',
  },
  TUF_EXPIRED: {
    retry: 'after-operator',
    what: 'A metadata file of the trust repository has expired.',
    unchanged: KEPT,
    next: 'Bring a newer medium. If none can be had and only the timestamp expired, two administrators may let it pass on the Trust screen.',
  },
  TUF_FILE_MISSING: {
    retry: 'after-operator',
    what: 'The trust repository lacks a file.',
    unchanged: KEPT,
    next: 'Copy the whole repository again.',
  },
  TUF_FETCH_FAILED: {
    retry: 'later',
    what: 'The address of the trust repository does not answer.',
    unchanged: KEPT,
    next: 'Check the address. A site never fetches; it reads a medium.',
  },
});

import { defineErrors } from './catalogue.ts';

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
});

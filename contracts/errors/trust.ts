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
  TRUST_ROOT_MISSING: {
    retry: 'after-operator',
    what: 'No root of a trust repository is pinned at this site.',
    unchanged: KEPT,
    next: 'Pin the first root: `gantry trust init-root SOURCE --site DIR`, after its fingerprint was compared.',
  },
  TRUST_ROOT_PINNED: {
    retry: 'never',
    what: 'A root of a trust repository is pinned here already.',
    unchanged: KEPT,
    next: 'Use `gantry trust update`: newer roots are signed by the pinned one. Another repository needs a new site.',
  },
  TRUST_ROOT_FINGERPRINT: {
    retry: 'after-operator',
    what: 'The fingerprint that was given is not that of the root on the medium.',
    unchanged: KEPT,
    next: 'Compare letter by letter with those who keep the root keys, on another way than the medium. If it differs, do not use it.',
  },
  TRUST_EXCEPTION_UNKNOWN: {
    retry: 'never',
    what: 'Nobody asked for this exception.',
    unchanged: KEPT,
    next: 'Read the open requests on the Trust screen.',
  },
  TRUST_EXCEPTION_DECIDED: {
    retry: 'never',
    what: 'The exception was approved or used before, or is not approved yet.',
    unchanged: KEPT,
    next: 'An exception serves once. Ask for a new one.',
  },
  TRUST_EXCEPTION_SAME_PERSON: {
    retry: 'after-operator',
    what: 'The person who asked for an exception cannot approve it.',
    unchanged: KEPT,
    next: 'Let another administrator look at it and approve with a passphrase of their own.',
  },
  TRUST_EXCEPTION_EXPIRED: {
    retry: 'after-operator',
    what: 'The exception has run out, or the clock was set back to before it was asked for.',
    unchanged: KEPT,
    next: 'Ask for a new one.',
  },
  TRUST_EXCEPTION_CHANGED: {
    retry: 'never',
    what: 'The medium has other content than the exception was asked for.',
    unchanged: KEPT,
    next: 'Look at what the medium holds now, and ask for an exception for exactly that.',
  },
  TRUST_DOWNGRADE_NONE: {
    retry: 'never',
    what: 'No version was accepted before the newest one of this model on this channel, so there is none to go back to.',
    unchanged: KEPT,
    next: 'Read which versions have a way back on the Trust screen. An older one needs a new release with a higher sequence.',
  },
  TRUST_TIME_NOT_BACK: {
    retry: 'after-operator',
    what: 'The time lies after the newest signed time, or before this site existed.',
    unchanged: 'The newest signed time did not change.',
    next: 'Name a time that has surely passed and lies between the two.',
  },
  PERSON_EXISTS: {
    retry: 'never',
    what: 'A person of this name is at the site already.',
    unchanged: 'The people of the site did not change.',
    next: 'Choose a name that tells the two apart.',
  },
  PERSON_UNKNOWN: {
    retry: 'never',
    what: 'No such person is at the site.',
    unchanged: 'The people of the site did not change.',
    next: 'Read `gantry people list`.',
  },
  PERSON_PASSPHRASE_WEAK: {
    retry: 'after-operator',
    what: 'The passphrase is too short.',
    unchanged: 'The people of the site did not change.',
    next: 'Use at least ten characters; a few words are good.',
  },
  PERSON_NOT_PROVEN: {
    retry: 'later',
    what: 'Name or passphrase is wrong, or too many were tried.',
    unchanged: 'Nothing was approved.',
    next: 'Wait a minute, then let the person try again.',
  },
});

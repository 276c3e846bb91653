import { defineErrors } from './catalogue.ts';

export const mediaErrors = defineErrors({
  MEDIA_GONE: {
    retry: 'after-operator',
    what: 'The medium was removed or stopped answering.',
    unchanged: 'Everything verified so far is kept.',
    next: 'Plug the medium in again; the work continues by itself or with Resume.',
  },
  MEDIA_NO_SET: {
    retry: 'after-operator',
    what: 'The medium holds no media set that Gantry knows.',
    unchanged: 'The medium was not written to.',
    next: 'Plug in the right medium.',
  },
  MEDIA_INDEX_INVALID: {
    retry: 'never',
    what: 'The media set index is damaged or malformed.',
    unchanged: 'Nothing was stored.',
    next: 'Use another stick of the set, or write the set again.',
  },
  MEDIA_INDEX_UNSIGNED: {
    retry: 'never',
    what: 'The index of this media set is not signed.',
    unchanged: 'The bundles are still checked by their own signatures.',
    next: 'Ask the publisher to write the set with a key, if your site expects it.',
  },
  MEDIA_INDEX_SIGNER_UNKNOWN: {
    retry: 'after-operator',
    what: 'The index of this media set is signed by a key that is not trusted here.',
    unchanged: 'The bundles are still checked by their own signatures.',
    next: 'Compare the key with the publisher; an administrator can trust it on the Trust screen.',
  },
  MEDIA_INDEX_SIGNATURE_INVALID: {
    retry: 'never',
    what: 'The signature of the media set index does not hold, so the stick was changed after it was written.',
    unchanged: 'Nothing was copied from this stick.',
    next: 'Use another stick of the set, or write the set again.',
  },
  MEDIA_STICKS_DISAGREE: {
    retry: 'after-operator',
    what: 'The sticks do not carry the same index.',
    unchanged: 'Nothing was taken from the named stick.',
    next: 'Take out the named stick, or write the set again.',
  },
  MEDIA_PART_TWICE: {
    retry: 'never',
    what: 'A part lies on more than one stick.',
    unchanged: 'Each copy was checked by itself.',
    next: 'Nothing needs to be done when a stick was copied on purpose.',
  },
  MEDIA_PART_MISSING: {
    retry: 'after-operator',
    what: 'A part of the media set is missing.',
    unchanged: 'Parts already read are kept.',
    next: 'Plug in the stick that holds the named part.',
  },
  MEDIA_PART_DAMAGED: {
    retry: 'after-operator',
    what: 'A part of the media set is damaged.',
    unchanged: 'The damaged bytes were not stored.',
    next: 'Write the named part again, or use a copy of the stick.',
  },
  MEDIA_TARGET_TOO_SMALL: {
    retry: 'after-operator',
    what: 'The target has not enough room.',
    unchanged: 'Nothing was written.',
    next: 'Free the stated number of bytes, or use more sticks.',
  },
  MEDIA_FILE_TOO_LARGE: {
    retry: 'after-operator',
    what: 'The file system of the medium cannot hold a file of this size.',
    unchanged: 'Nothing was written.',
    next: 'Choose smaller parts, or format the medium with another file system.',
  },
  MEDIA_NOT_EMPTY: {
    retry: 'after-operator',
    what: 'The target folder holds another media set.',
    unchanged: 'The existing set is untouched.',
    next: 'Choose an empty folder.',
  },
  MEDIA_READ_ONLY: {
    retry: 'after-operator',
    what: 'The medium cannot be written to.',
    unchanged: 'The medium was not changed.',
    next: 'Release its write protection, or use another medium.',
  },
  MEDIA_UNKNOWN_FILES: {
    retry: 'never',
    what: 'The medium holds files that are no part of the set.',
    unchanged: 'They were ignored.',
    next: 'Look at the listed names if you did not expect them.',
  },
  VOLUME_UNKNOWN: {
    retry: 'after-operator',
    what: 'This volume is not connected any more.',
    unchanged: 'Nothing was changed.',
    next: 'Choose one from the list.',
  },
  IMPORT_NO_SPACE: {
    retry: 'after-operator',
    what: 'The station has not enough room for this import.',
    unchanged: 'Nothing was copied.',
    next: 'Free the stated number of bytes.',
  },
  IMPORT_STORE_LIMIT: {
    retry: 'after-operator',
    what: 'The file system of the station cannot hold the files of this bundle.',
    unchanged: 'Nothing was copied.',
    next: 'Move the site to a file system that can hold the stated files.',
  },
  IMPORT_NOT_DECIDABLE: {
    retry: 'never',
    what: 'This import is not waiting for a decision.',
    unchanged: 'Its state is unchanged.',
    next: 'Look at its current state.',
  },
  IMPORT_REFUSED: {
    retry: 'never',
    what: 'The verdict is negative, so the bundle cannot be accepted.',
    unchanged: 'Nothing was added to the store.',
    next: 'Read the findings; ask the publisher.',
  },
});

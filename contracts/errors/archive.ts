import { defineErrors } from './catalogue.ts';

export const archiveErrors = defineErrors({
  ARCHIVE_MALFORMED: {
    retry: 'after-operator',
    what: 'The archive is damaged, cut short or no tar archive.',
    unchanged: 'Nothing was stored.',
    next: 'Copy the archive again; if it repeats, make it again at its source.',
  },
  ARCHIVE_FORM_REFUSED: {
    retry: 'never',
    what: 'The archive uses a form of tar that can hide what it holds (sparse files, links by name, unknown extensions).',
    unchanged: 'Nothing was stored.',
    next: 'Make the archive again with `tar --format=ustar`.',
  },
  ARCHIVE_DUPLICATE: {
    retry: 'never',
    what: 'Two members of the archive have one name, or names that some systems take for one.',
    unchanged: 'Nothing was stored; neither member was used.',
    next: 'Do not use this archive; ask the publisher for a clean one.',
  },
  ARCHIVE_UNEXPECTED_MEMBER: {
    retry: 'never',
    what: 'The archive holds something that does not belong to an OCI layout.',
    unchanged: 'Nothing was stored; the member was not read.',
    next: 'Pack the layout alone: `tar -C LAYOUT -cf bundle.tar .`',
  },
  ARCHIVE_BOMB: {
    retry: 'never',
    what: 'The archive has more members, or unpacks to more bytes, than any bundle does.',
    unchanged: 'Reading stopped at the limit; nothing was stored.',
    next: 'Do not use this archive; tell the publisher and security.',
  },
  ARCHIVE_TRAILING_DATA: {
    retry: 'never',
    what: 'There is data behind the end of the archive.',
    unchanged: 'Nothing was stored.',
    next: 'Make the archive again at its source; two archives must not be joined.',
  },
});

import { defineErrors } from './catalogue.ts';

export const baseErrors = defineErrors({
  INTERNAL: {
    retry: 'later',
    what: 'Something failed that should not be able to fail.',
    unchanged: 'Nothing that was acknowledged is lost.',
    next: 'Note the correlation id, look at the log file, and repeat the action once.',
  },
  USAGE_INVALID: {
    retry: 'after-operator',
    what: 'The command or request is not formed as it must be.',
    unchanged: 'Nothing was changed.',
    next: 'Correct the named argument and repeat.',
  },
  INPUT_MALFORMED: {
    retry: 'after-operator',
    what: 'The input is not a document of the expected form.',
    unchanged: 'Nothing was changed.',
    next: 'Ask for the input again from its source.',
  },
  INPUT_TOO_LARGE: {
    retry: 'never',
    what: 'The input is larger than its limit allows.',
    unchanged: 'Nothing was read past the limit and nothing was stored.',
    next: 'Ask the sender why it is this large.',
  },
  NOT_FOUND: {
    retry: 'never',
    what: 'The object that was asked for does not exist here.',
    unchanged: 'Nothing was changed.',
    next: 'Check the name, or refresh the view.',
  },
  CONFLICT: {
    retry: 'after-operator',
    what: 'The object changed in the meantime.',
    unchanged: 'The newer state is kept.',
    next: 'Look at the current state and decide again.',
  },
  NOT_PERMITTED: {
    retry: 'after-operator',
    what: 'Your role does not allow this action.',
    unchanged: 'Nothing was changed.',
    next: 'Ask a person whose role allows it.',
  },
  DISK_FULL: {
    retry: 'after-operator',
    what: 'The disk has no room for this write.',
    unchanged: 'What was stored before is whole; the partial file was removed.',
    next: 'Free the stated number of bytes and repeat.',
  },
  DISK_FAILED: {
    retry: 'after-operator',
    what: 'The disk refused a read or a write.',
    unchanged: 'What was acknowledged before is kept.',
    next: 'Check the disk, then repeat.',
  },
});

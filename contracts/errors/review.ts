import { defineErrors } from './catalogue.ts';

export const reviewErrors = defineErrors({
  SAMPLE_UNKNOWN: {
    retry: 'never',
    what: 'This sample is not in the review queue.',
    unchanged: 'Nothing was changed.',
    next: 'Refresh the queue.',
  },
  LABEL_INVALID: {
    retry: 'after-operator',
    what: 'The label does not fit the sample or its class list.',
    unchanged: 'The last saved label is kept.',
    next: 'Correct the label.',
  },
  NOTHING_TO_UNDO: {
    retry: 'never',
    what: 'There is no decision left to undo.',
    unchanged: 'Nothing was changed.',
    next: 'Go on.',
  },
  EXPORT_EMPTY: {
    retry: 'after-operator',
    what: 'There is nothing to export.',
    unchanged: 'Nothing was written.',
    next: 'Label a sample first.',
  },
});

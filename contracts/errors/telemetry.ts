import { defineErrors } from './catalogue.ts';

export const telemetryErrors = defineErrors({
  TELEMETRY_MALFORMED: {
    retry: 'never',
    what: 'A telemetry request could not be decoded.',
    unchanged: 'Nothing of it was stored.',
    next: 'Check the sender.',
  },
  TELEMETRY_BACKPRESSURE: {
    retry: 'later',
    what: 'The telemetry log cannot take more at the moment.',
    unchanged: 'Everything acknowledged is kept.',
    next: 'The sender tries again by itself.',
  },
});

import { defineErrors } from './catalogue.ts';

export const benchmarkErrors = defineErrors({
  BENCHMARK_FAILED: {
    retry: 'later',
    what: 'A benchmark run ended without a result.',
    unchanged: 'The running model was not affected.',
    next: 'Read the log of the run and repeat.',
  },
  BENCHMARK_RUNTIME_MISSING: {
    retry: 'never',
    what: 'The runtime is not present on this machine.',
    unchanged: 'Nothing was measured.',
    next: 'Choose a runtime that the device lists.',
  },
});

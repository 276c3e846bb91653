import { defineErrors } from './catalogue.ts';

export const siteErrors = defineErrors({
  SITE_NOT_FOUND: {
    retry: 'after-operator',
    what: 'This folder holds no site.',
    unchanged: 'Nothing was changed.',
    next: 'Create one with `gantry init`, or name the right folder.',
  },
  SITE_EXISTS: {
    retry: 'never',
    what: 'This folder already holds a site.',
    unchanged: 'The existing site is untouched.',
    next: 'Choose an empty folder.',
  },
  SITE_LOCKED: {
    retry: 'later',
    what: 'Another station process works on this site.',
    unchanged: 'Nothing was changed.',
    next: 'Use the screens of the station that runs, or stop it (window, `gantry serve`, or a command that follows a rollout), then repeat.',
  },
  SITE_KEY_UNAVAILABLE: {
    retry: 'after-operator',
    what: 'The site key cannot be opened.',
    unchanged: 'No key was changed.',
    next: 'Give the right passphrase file.',
  },
  JOB_NOT_CANCELLABLE: {
    retry: 'never',
    what: 'The job has ended or cannot be stopped at this step.',
    unchanged: 'The job goes on as before.',
    next: 'Wait for its end.',
  },
});

import { defineErrors } from './catalogue.ts';

export const rpcErrors = defineErrors({
  RPC_SENDER_REJECTED: {
    retry: 'never',
    what: 'A window that is not the main window asked for a connection.',
    unchanged: 'No connection was made.',
    next: 'Restart the application; if it repeats, inform security.',
  },
  RPC_ENVELOPE_INVALID: {
    retry: 'never',
    what: 'A message between page and station is malformed.',
    unchanged: 'The message was dropped.',
    next: 'Reload the page.',
  },
  RPC_TOO_MANY_CALLS: {
    retry: 'later',
    what: 'Too many calls are running at once.',
    unchanged: 'Running calls go on.',
    next: 'Wait a moment.',
  },
  RPC_CLOSED: {
    retry: 'later',
    what: 'The connection to the station was lost.',
    unchanged: 'What was acknowledged is kept.',
    next: 'The page connects again by itself.',
  },
  SESSION_REQUIRED: {
    retry: 'after-operator',
    what: 'There is no valid session.',
    unchanged: 'Nothing was changed.',
    next: 'Open the start link that the station prints.',
  },
  START_TOKEN_INVALID: {
    retry: 'after-operator',
    what: 'The start link was used already, or it has expired.',
    unchanged: 'Nothing was changed.',
    next: 'Start the station again, or ask it for a new link.',
  },
  ORIGIN_REFUSED: {
    retry: 'never',
    what: 'A request came from a foreign page or under a foreign host name.',
    unchanged: 'Nothing was served.',
    next: 'Open the station under its own address.',
  },
  LISTEN_REFUSED: {
    retry: 'after-operator',
    what: 'The station does not serve other machines without a TLS certificate.',
    unchanged: 'Nothing is listening.',
    next: 'Give a certificate and key, or stay on this machine.',
  },
  LISTEN_FAILED: {
    retry: 'after-operator',
    what: 'The station cannot listen on the address that was asked for.',
    unchanged: 'Nothing is listening.',
    next: 'Choose another port or address; 0 takes any free port.',
  },
  PAGE_NOT_BUILT: {
    retry: 'after-operator',
    what: 'The screens of this installation are missing.',
    unchanged: 'Nothing is listening.',
    next: 'Run `npm run build`, or install the package again.',
  },
});

import { defineErrors } from './catalogue.ts';

export const rolloutErrors = defineErrors({
  ROLLOUT_PLAN_INVALID: {
    retry: 'after-operator',
    what: 'The rollout cannot be planned as asked.',
    unchanged: 'No device was touched.',
    next: 'Correct the listed findings.',
  },
  ROLLOUT_TICKET_MISSING: {
    retry: 'after-operator',
    what: 'A change ticket is required.',
    unchanged: 'No device was touched.',
    next: 'Enter the ticket number of the change.',
  },
  ROLLOUT_NOT_CONFIRMED: {
    retry: 'after-operator',
    what: 'This changes what gateways run, and it was not confirmed.',
    unchanged: 'The rollout goes on as shown.',
    next: 'Read the three counts, then repeat with the name of the change ticket as confirmation.',
  },
  ROLLOUT_STATE_CONFLICT: {
    retry: 'after-operator',
    what: 'The rollout is not in a state that allows this.',
    unchanged: 'The rollout goes on as shown.',
    next: 'Look at its current state.',
  },
});

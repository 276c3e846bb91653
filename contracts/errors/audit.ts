import { defineErrors } from './catalogue.ts';

export const auditErrors = defineErrors({
  AUDIT_APPEND_FAILED: {
    retry: 'after-operator',
    what: 'The audit record could not be written, so the action was not done.',
    unchanged: 'The action did not happen.',
    next: 'Check the disk, then repeat.',
  },
  AUDIT_CHAIN_BROKEN: {
    retry: 'never',
    what: 'The audit records do not form an unbroken chain.',
    unchanged: 'The records were not changed by this check.',
    next: 'Keep the files as they are and inform the auditor.',
  },
  AUDIT_EXPORT_INVALID: {
    retry: 'never',
    what: 'The audit export is not whole or was altered.',
    unchanged: 'Nothing was changed.',
    next: 'Ask for the export again.',
  },
});

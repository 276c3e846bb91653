import type { ImportState } from '#contracts/media.ts';

export const IMPORT_STEPS = ['medium', 'copy', 'verify', 'decide'] as const;
export type ImportStep = (typeof IMPORT_STEPS)[number];

export type StepState = 'done' | 'current' | 'open' | 'failed' | 'waiting';

/** How far each state of an import is; a failed import stopped at the copy unless it has a verdict. */
export function stepStates(state: ImportState, hasVerdict: boolean): Readonly<Record<ImportStep, StepState>> {
  switch (state) {
    case 'planned':
    case 'copying':
      return { medium: 'done', copy: 'current', verify: 'open', decide: 'open' };
    case 'waiting-for-media':
      return { medium: 'waiting', copy: 'waiting', verify: 'open', decide: 'open' };
    case 'verifying':
      return { medium: 'done', copy: 'done', verify: 'current', decide: 'open' };
    case 'awaiting-decision':
      return { medium: 'done', copy: 'done', verify: 'done', decide: 'current' };
    case 'accepted':
    case 'rejected':
      return { medium: 'done', copy: 'done', verify: 'done', decide: 'done' };
    case 'refused':
      return { medium: 'done', copy: 'done', verify: 'failed', decide: 'open' };
    case 'failed':
      return hasVerdict
        ? { medium: 'done', copy: 'done', verify: 'failed', decide: 'open' }
        : { medium: 'done', copy: 'failed', verify: 'open', decide: 'open' };
  }
}

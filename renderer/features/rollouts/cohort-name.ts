import type { TFunction } from 'i18next';

const KNOWN = ['canary', 'early', 'rest'] as const;

/** The word for a cohort; a name of a newer station is shown as it is. */
export function cohortName(name: string, t: TFunction): string {
  const known = KNOWN.find((one) => one === name);
  return known === undefined ? name : t(`rollout.cohortName.${known}`);
}

import type { ImportView } from '#contracts/media.ts';
import type { WireError } from '#contracts/primitives.ts';

/** States in which an import stands still for a reason. */
export type StoppedState = 'failed' | 'refused' | 'waiting-for-media';

export function isStopped(state: ImportView['state']): state is StoppedState {
  return state === 'failed' || state === 'refused' || state === 'waiting-for-media';
}

/**
 * Why an import stands still, with the ids under which the audit trail and the log of the station have it (U4). Null: it does not.
 * Every view asks here, so that they agree.
 */
export function failureOf(view: ImportView): WireError | null {
  if (!isStopped(view.state)) return null;
  const { code, message, details, correlationId } = causeOf(view);
  return {
    code,
    message,
    details: { ...details, import: view.id, job: view.jobId ?? '' },
    ...(correlationId === undefined ? {} : { correlationId }),
  };
}

function causeOf({ state, error, verdict }: ImportView): WireError {
  if (error !== null) return error;
  if (state === 'waiting-for-media') return { code: 'MEDIA_GONE', message: 'the medium does not answer', details: {} };
  const finding = verdict?.findings.find((one) => one.severity === 'block');
  if (finding === undefined) return { code: 'INTERNAL', message: 'the station gave no reason', details: {} };
  return { code: finding.code, message: finding.message, details: { at: finding.at } };
}

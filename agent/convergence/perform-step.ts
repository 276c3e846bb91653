import type { AppError } from '#core/base/index.ts';
import type { AgentStep } from '#core/slots/index.ts';
import { collectGarbage } from './collect-garbage.ts';
import { confirmStep, resumeStep, returnStep, rollBackStep, stopStep, swapStep } from './serving-steps.ts';
import type { SlotContext } from './slot-context.ts';
import { pullStep, smokeStep, verifyStep } from './staging-steps.ts';

/** One executor for each step of the plan. `rest` means that nothing is to be done until something changes. */
export interface Performer {
  perform(step: AgentStep, signal: AbortSignal): Promise<'again' | 'rest'>;
  /** The mirror is left alone until then. */
  pullNotBefore(): number;
  /** Another model is wanted: what failed for the last one says nothing. */
  forgetFailures(): void;
}

const WATCH_EVERY_MS = 250;
const RETRY_FIRST_MS = 1000;
const RETRY_LAST_MS = 60_000;

export function createPerformer(context: SlotContext, wakeIn: (ms: number) => void): Performer {
  const { clock } = context;
  const retry = { failures: 0, corrupt: 0, notBefore: 0 };
  const forgetFailures = (): void => {
    Object.assign(retry, { failures: 0, corrupt: 0, notBefore: 0 });
  };
  const postpone = (error: AppError): void => {
    retry.failures += 1;
    if (error.code === 'BUNDLE_DIGEST_MISMATCH') retry.corrupt += 1;
    const waitMs = Math.min(RETRY_LAST_MS, RETRY_FIRST_MS * 2 ** Math.min(retry.failures - 1, 10));
    retry.notBefore = clock.now() + waitMs;
    context.log(`pull postponed by ${String(waitMs)} ms: ${error.code} ${error.message}`);
  };
  const pull = async (step: Extract<AgentStep, { do: 'pull' }>, signal: AbortSignal): Promise<void> => {
    const outcome = await pullStep(context, step, signal, retry.corrupt);
    if (outcome === null) forgetFailures();
    else postpone(outcome.postponed);
  };
  const rest = (step: Extract<AgentStep, { do: 'wait' | 'watch' }>): 'rest' => {
    if (step.do === 'watch') wakeIn(WATCH_EVERY_MS);
    else if (step.for === 'mirror') wakeIn(Math.max(50, retry.notBefore - clock.now()));
    return 'rest';
  };
  return {
    forgetFailures,
    pullNotBefore: () => retry.notBefore,
    async perform(step, signal) {
      if (step.do === 'wait' || step.do === 'watch') return rest(step);
      if (step.do === 'pull') await pull(step, signal);
      else await act(context, step, signal);
      return 'again';
    },
  };
}

/** INVARIANTS: a swap, a roll-back and a return run to their end; only a smoke test heeds the signal. */
async function act(
  context: SlotContext,
  step: Exclude<AgentStep, { do: 'wait' | 'watch' | 'pull' }>,
  signal: AbortSignal,
): Promise<void> {
  switch (step.do) {
    case 'verify':
      return verifyStep(context, step.slot);
    case 'smoke':
      return smokeStep(context, step.slot, signal);
    case 'swap':
      return swapStep(context, step.to);
    case 'confirm':
      await confirmStep(context, step.slot);
      return collectGarbage(context);
    case 'roll-back':
      return rollBackStep(context, step.slot, step.findings);
    case 'return':
      return returnStep(context, step.slot);
    case 'stop-serving':
      return stopStep(context);
    case 'resume-serving':
      return resumeStep(context);
  }
}

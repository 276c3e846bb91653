import { toAppError, type AppError } from '#core/base/index.ts';
import { judgeWatchdog, planAgent, type AgentStep, type WatchdogBounds, type WatchdogJudgement } from '#core/slots/index.ts';
import { collectGarbage } from './collect-garbage.ts';
import { confirmStep, resumeStep, returnStep, rollBackStep, stopStep, swapStep } from './serving-steps.ts';
import type { SlotContext } from './slot-context.ts';
import { pullStep, smokeStep, verifyStep } from './staging-steps.ts';

/**
 * Drives the slots towards the desired document, one step at a time.
 * INVARIANTS: at most one step runs; a new wish stops a transfer or a smoke test, never a swap; after each step the plan is made again.
 */
export interface Converger {
  /** Something changed: plan again soon. */
  trigger(options?: { cancelCurrent?: boolean }): void;
  /** Resolves when nothing is running; for an orderly stop and for tests. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

export interface ConvergerOptions {
  readonly context: SlotContext;
  /** Told after every step, so that the fleet sees it. */
  readonly onStep: () => Promise<void>;
}

const WATCH_EVERY_MS = 250;
const RETRY_FIRST_MS = 1000;
const RETRY_LAST_MS = 60_000;
/** No healthy model of this product takes longer; a model with slow objectives gets twenty times its own p99. */
const LEAST_HANG_MS = 10_000;

export function createConverger({ context, onStep }: ConvergerOptions): Converger {
  const { clock, state } = context;
  const retry = { failures: 0, corrupt: 0, notBefore: 0 };
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  let cancel = new AbortController();
  let timer: NodeJS.Timeout | null = null;

  const wakeIn = (ms: number): void => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => {
      trigger();
    }, ms);
  };
  const postpone = (error: AppError): void => {
    retry.failures += 1;
    if (error.code === 'BUNDLE_DIGEST_MISMATCH') retry.corrupt += 1;
    const waitMs = Math.min(RETRY_LAST_MS, RETRY_FIRST_MS * 2 ** Math.min(retry.failures - 1, 10));
    retry.notBefore = clock.now() + waitMs;
    context.log(`pull postponed by ${String(waitMs)} ms: ${error.code} ${error.message}`);
  };
  const perform = async (step: AgentStep, signal: AbortSignal): Promise<'again' | 'rest'> => {
    switch (step.do) {
      case 'wait':
        if (step.for === 'mirror') wakeIn(Math.max(50, retry.notBefore - clock.now()));
        return 'rest';
      case 'watch':
        wakeIn(WATCH_EVERY_MS);
        return 'rest';
      case 'pull': {
        const outcome = await pullStep(context, step, signal, retry.corrupt);
        if (outcome === null) Object.assign(retry, { failures: 0, corrupt: 0, notBefore: 0 });
        else postpone(outcome.postponed);
        return 'again';
      }
      case 'verify':
        await verifyStep(context, step.slot);
        return 'again';
      case 'smoke':
        await smokeStep(context, step.slot, signal);
        return 'again';
      case 'swap':
        await swapStep(context, step.to);
        return 'again';
      case 'confirm':
        await confirmStep(context, step.slot);
        await collectGarbage(context);
        return 'again';
      case 'roll-back':
        await rollBackStep(context, step.slot, step.findings);
        return 'again';
      case 'return':
        await returnStep(context, step.slot);
        return 'again';
      case 'stop-serving':
        await stopStep(context);
        return 'again';
      case 'resume-serving':
        await resumeStep(context);
        return 'again';
    }
  };
  const run = async (): Promise<void> => {
    while (!stopped) {
      again = false;
      const step = planAgent(state.current, { now: Math.round(clock.now()), judgement: judgeTrial(context), pullNotBefore: retry.notBefore })[0];
      if (step === undefined) return;
      const next = await perform(step, cancel.signal);
      if (next === 'again') await onStep();
      else if (!again) return;
    }
  };
  const trigger = (options: { cancelCurrent?: boolean } = {}): void => {
    if (options.cancelCurrent === true) {
      cancel.abort(new Error('another model is desired'));
      cancel = new AbortController();
      retry.notBefore = 0;
    }
    again = true;
    if (running !== null || stopped) return;
    running = run()
      .catch((error: unknown) => {
        // A step that throws is a bug or a dead disk: say so, keep serving, try again later.
        context.log(`a step failed: ${toAppError(error).code} ${toAppError(error).message}`);
        wakeIn(RETRY_LAST_MS / 12);
      })
      .finally(() => {
        running = null;
        if (again && !stopped) wakeIn(0);
      });
  };
  return {
    trigger,
    idle: async () => {
      while (running !== null) await running;
    },
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      cancel.abort(new Error('the agent stops'));
      await running;
    },
  };
}

/** The judgement of the model on trial; null when none is. */
export function judgeTrial({ state, host, clock }: SlotContext): WatchdogJudgement | null {
  const { active, slots, desired } = state.current;
  const model = host.active;
  if (active === null || slots[active].at !== 'trial' || desired === null || model?.slot !== active) return null;
  const { objectives } = model.installed.contract;
  const bounds: WatchdogBounds = { ...desired.watchdog, hangMs: hangLimitMs(objectives.p99Ms), memoryBytes: objectives.memoryBytes };
  const figures = {
    serving: model.figures.snapshot(),
    oldestPendingMs: model.worker.oldestPendingMs(),
    addedMemoryBytes: Math.max(0, process.memoryUsage.rss() - model.rssBeforeBytes),
  };
  return judgeWatchdog(figures, bounds, clock.monotonicMs() - model.loadedAtMs);
}

/** An answer that takes longer is a hang. */
export function hangLimitMs(p99Ms: number): number {
  return Math.max(LEAST_HANG_MS, 20 * p99Ms);
}

import { toAppError } from '#core/base/index.ts';
import { judgeWatchdog, planAgent, type WatchdogBounds, type WatchdogJudgement } from '#core/slots/index.ts';
import { createPerformer } from './perform-step.ts';
import type { SlotContext } from './slot-context.ts';

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

/** After a step that threw. */
const RETRY_STEP_MS = 5000;
/** No healthy model of this product takes longer; a model with slow objectives gets twenty times its own p99. */
const LEAST_HANG_MS = 10_000;

export function createConverger({ context, onStep }: ConvergerOptions): Converger {
  const { clock, state } = context;
  let running: Promise<void> | null = null;
  const flags = { again: false, stopped: false };
  let cancel = new AbortController();
  let timer: NodeJS.Timeout | null = null;

  const wakeIn = (ms: number): void => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => {
      trigger();
    }, ms);
  };
  const performer = createPerformer(context, wakeIn);
  // A function, because it changes while a step is awaited.
  const wasTriggered = (): boolean => flags.again;
  const run = async (): Promise<void> => {
    while (!flags.stopped) {
      flags.again = false;
      const step = planAgent(state.current, {
        now: Math.round(clock.now()),
        judgement: judgeTrial(context),
        pullNotBefore: performer.pullNotBefore(),
      })[0];
      if (step === undefined) return;
      const next = await performer.perform(step, cancel.signal);
      if (next === 'again') await onStep();
      else if (!wasTriggered()) return;
    }
  };
  const trigger = (options: { cancelCurrent?: boolean } = {}): void => {
    if (options.cancelCurrent === true) {
      cancel.abort(new Error('another model is desired'));
      cancel = new AbortController();
      performer.forgetFailures();
    }
    flags.again = true;
    if (running !== null || flags.stopped) return;
    running = run()
      .catch((error: unknown) => {
        // A step that throws is a bug or a dead disk: say so, keep serving, try again later.
        context.log(`a step failed: ${toAppError(error).code} ${toAppError(error).message}`);
        wakeIn(RETRY_STEP_MS);
      })
      .finally(() => {
        running = null;
        if (wasTriggered() && !flags.stopped) wakeIn(0);
      });
  };
  return {
    trigger,
    idle: async () => {
      while (running !== null) await running;
    },
    async stop() {
      flags.stopped = true;
      if (timer !== null) clearTimeout(timer);
      cancel.abort(new Error('the agent stops'));
      await running;
    },
  };
}

/** The judgement of the model on trial; null when none is. */
function judgeTrial({ state, host, clock }: SlotContext): WatchdogJudgement | null {
  const { active, slots, desired } = state.current;
  const model = host.active;
  if (active === null || slots[active].at !== 'trial' || desired === null || model?.slot !== active) return null;
  const { objectives } = model.installed.contract;
  const bounds: WatchdogBounds = {
    ...desired.watchdog,
    hangMs: hangLimitMs(objectives.p99Ms),
    memoryBytes: objectives.memoryBytes,
  };
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

import { toAppError } from '#core/base/index.ts';
import { countRestart } from '#core/slots/index.ts';
import type { LoadedModel } from '#agent/serving/model-host.ts';
import { hangLimitMs } from './converge.ts';
import { serveRunnable } from './serving-steps.ts';
import type { SlotContext } from './slot-context.ts';

/** Watches the thread of the active model, also long after its trial. */
export interface WorkerGuard {
  crashed(model: LoadedModel, reason: string): void;
  stop(): void;
}

const LOOK_EVERY_MS = 1000;
const RESTART_FIRST_MS = 200;
/** A committed model that dies this often in a row is loaded anew from disk, and gives way when that fails. */
const RESTARTS_IN_A_ROW = 5;
const QUIET_MS = 60_000;

/** A dead or hanging thread is started again; on trial that counts, and the watchdog decides. */
export function guardWorker(context: SlotContext, trigger: () => void): WorkerGuard {
  const { host, state, clock, log } = context;
  const row = { count: 0, since: 0 };
  let restarting: Promise<void> | null = null;

  const restart = async (model: LoadedModel): Promise<void> => {
    if (state.current.slots[model.slot].at === 'trial') {
      await state.change((now) => countRestart(now, model.slot));
      const trial = state.current.slots[model.slot];
      // More than allowed: the watchdog rolls back now, starting it again would only delay that.
      if (trial.at === 'trial' && trial.restarts > (state.current.desired?.watchdog.maxRestarts ?? 0)) return;
    }
    if (clock.monotonicMs() - row.since > QUIET_MS) row.count = 0;
    row.count += 1;
    row.since = clock.monotonicMs();
    await clock.sleep(RESTART_FIRST_MS * 2 ** Math.min(row.count - 1, 6));
    if (host.active !== model) return;
    if (row.count > RESTARTS_IN_A_ROW) await serveRunnable(context);
    else await host.restart(model);
  };
  const begin = (model: LoadedModel): void => {
    restarting ??= restart(model)
      .catch(async (error: unknown) => {
        log(`the model did not start again: ${toAppError(error).message}`);
        await serveRunnable(context);
      })
      .finally(() => {
        restarting = null;
        trigger();
      });
  };
  const look = setInterval(() => {
    const model = host.active;
    if (model === null || restarting !== null) return;
    if (model.worker.oldestPendingMs() <= hangLimitMs(model.installed.contract.objectives.p99Ms)) return;
    // On trial the watchdog sees the same and rolls back; a committed model is started again here.
    if (state.current.slots[model.slot].at === 'trial') {
      trigger();
      return;
    }
    log('the model hangs: its thread is ended and started again');
    model.figures.restarted();
    void model.worker.kill().then(() => {
      begin(model);
    });
  }, LOOK_EVERY_MS);
  look.unref();
  return {
    crashed(model, reason) {
      log(`the model's thread ended: ${reason}`);
      if (host.active === model) begin(model);
      trigger();
    },
    stop() {
      clearInterval(look);
    },
  };
}

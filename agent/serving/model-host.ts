import type { SlotName } from '#contracts/device.ts';
import { AppError, toAppError, type Clock } from '#core/base/index.ts';
import { judgeDoubt, type Doubt } from '#core/doubt/index.ts';
import type { InstalledModel } from '#core/slots/index.ts';
import { toNumbers, type Tensor } from '#core/tensor/index.ts';
import type { InferenceWorker } from '#native/onnx/index.ts';
import { createFigures, type Figures } from './figures.ts';

/** A model in memory, with what it did since it was loaded. */
export interface LoadedModel {
  readonly slot: SlotName;
  readonly installed: InstalledModel;
  readonly figures: Figures;
  readonly loadedAtMs: number;
  /** Resident memory of the program just before this model was loaded. */
  readonly rssBeforeBytes: number;
  worker: InferenceWorker;
}

/** One answered request, for whoever looks at answers afterwards. */
export interface Answered {
  readonly model: LoadedModel;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly doubts: readonly Doubt[];
  readonly latencyMs: number;
}

export interface HostObserver {
  answered(answer: Answered): void;
  failed(model: LoadedModel, latencyMs: number): void;
  /** The thread of the active model died; the host does not start it again by itself. */
  crashed(model: LoadedModel, reason: string): void;
}

export interface HostDeps {
  readonly clock: Clock;
  readonly observer: HostObserver;
  readonly startWorker: (installed: InstalledModel) => Promise<InferenceWorker>;
  readonly rssBytes: () => number;
}

/**
 * Serves one model and swaps it without a failed request.
 * INVARIANTS: a request runs on the model that was active when it was handed over; the old model ends only after its last answer.
 */
export interface ModelHost {
  readonly active: LoadedModel | null;
  load(slot: SlotName, installed: InstalledModel, options?: { restarts?: number }): Promise<LoadedModel>;
  /** From the next request on. The former model drains and closes in the background. */
  switchTo(model: LoadedModel | null): void;
  /** Starts the thread of the active model again after a crash. */
  restart(model: LoadedModel): Promise<void>;
  /** `check` sees the model that will run; what it throws refuses the request. MODEL_NOT_SERVING without one. */
  infer(prepare: (model: LoadedModel) => readonly Tensor[]): Promise<Answered>;
  close(): Promise<void>;
}

/** A model that must go and still does not answer is ended by force after this long. */
const DRAIN_MS = 20_000;

export function createModelHost(deps: HostDeps): ModelHost {
  const { clock, observer } = deps;
  let active: LoadedModel | null = null;
  const draining = new Set<Promise<void>>();

  const watchCrash = (model: LoadedModel, worker: InferenceWorker): void => {
    worker.onCrash((reason) => {
      if (model.worker !== worker) return;
      model.figures.restarted();
      observer.crashed(model, reason);
    });
  };
  const retire = (model: LoadedModel): void => {
    const done = drain(model.worker, clock).finally(() => draining.delete(done));
    draining.add(done);
  };

  return {
    get active() {
      return active;
    },
    async load(slot, installed, { restarts = 0 } = {}) {
      const rssBeforeBytes = deps.rssBytes();
      const worker = await deps.startWorker(installed);
      const model: LoadedModel = {
        slot,
        installed,
        figures: createFigures(clock, restarts),
        loadedAtMs: clock.monotonicMs(),
        rssBeforeBytes,
        worker,
      };
      watchCrash(model, worker);
      return model;
    },
    switchTo(model) {
      const former = active;
      active = model;
      if (former !== null && former !== model) retire(former);
    },
    async restart(model) {
      model.worker = await deps.startWorker(model.installed);
      watchCrash(model, model.worker);
    },
    infer: async (prepare) => {
      const model = active;
      if (model === null) throw new AppError('MODEL_NOT_SERVING', 'no model is serving on this device');
      const inputs = prepare(model);
      return runOn(model, inputs, deps);
    },
    async close() {
      const last = active;
      active = null;
      if (last !== null) retire(last);
      await Promise.all(draining);
    },
  };
}

async function runOn(model: LoadedModel, inputs: readonly Tensor[], { clock, observer }: HostDeps): Promise<Answered> {
  const from = clock.monotonicMs();
  try {
    const answer = await model.worker.run(inputs);
    const latencyMs = clock.monotonicMs() - from;
    const doubts = doubtsOf(model, answer.outputs);
    const answered: Answered = { model, inputs: answer.inputs, outputs: answer.outputs, doubts, latencyMs };
    model.figures.answered(
      latencyMs,
      doubts.some((doubt) => doubt.doubtful),
    );
    observer.answered(answered);
    return answered;
  } catch (error) {
    const latencyMs = clock.monotonicMs() - from;
    model.figures.failed(latencyMs);
    observer.failed(model, latencyMs);
    throw toAppError(error);
  }
}

function doubtsOf(model: LoadedModel, outputs: readonly Tensor[]): Doubt[] {
  const rule = model.installed.contract.doubt;
  if (rule === undefined) return [];
  const output = outputs.find((candidate) => candidate.name === rule.output);
  return output === undefined
    ? []
    : judgeDoubt(rule, [{ name: output.name, shape: output.shape, values: toNumbers(output) }]);
}

async function drain(worker: InferenceWorker, clock: Clock): Promise<void> {
  const abort = new AbortController();
  const force = clock.sleep(DRAIN_MS, abort.signal).then(
    () => worker.kill(),
    // Drained in time: the deadline was cancelled.
    () => undefined,
  );
  await Promise.race([worker.close(), force]);
  abort.abort();
}

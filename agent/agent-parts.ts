import { collectGarbage } from './convergence/collect-garbage.ts';
import { createConverger, type Converger } from './convergence/converge.ts';
import { guardWorker, type WorkerGuard } from './convergence/guard-worker.ts';
import type { SlotContext } from './convergence/slot-context.ts';
import type { AgentDeps } from './agent-deps.ts';
import { runBenchmark } from './benchmark/run-benchmark.ts';
import type { InferenceMetrics } from '#native/otlp-client/index.ts';
import { openSampleQueue, type SampleQueue } from './samples/sample-queue.ts';
import { createSampler } from './samples/sampler.ts';
import { createModelHost, type Answered, type LoadedModel, type ModelHost } from './serving/model-host.ts';
import { openOutbox } from './state/outbox.ts';
import { openStateFile, type StateFile } from './state/state-file.ts';
import { createRequestAnswerer, type RequestAnswerer } from './station-link/answer-requests.ts';
import { createReporter, type Reporter } from './station-link/reporter.ts';
import type { StationLink } from './station-link/station-link.ts';

/** What comes and goes while the agent runs. */
export interface Live {
  link: StationLink | null;
  metrics: InferenceMetrics | null;
  url: string | null;
  benchmarks: number;
}

/** The parts of a gateway, wired and not yet started. */
export interface AgentParts {
  readonly live: Live;
  readonly state: StateFile;
  readonly queue: SampleQueue;
  readonly host: ModelHost;
  readonly reporter: Reporter;
  readonly context: SlotContext;
  readonly converger: Converger;
  readonly guard: WorkerGuard;
  readonly requests: RequestAnswerer;
}

const PROGRESS_MS = 1000;

/** Opens what the disk keeps and wires the parts. Nothing runs yet, no connection is made. */
export async function openAgentParts(deps: AgentDeps): Promise<AgentParts> {
  const { clock, ids, folder, identity, log } = deps;
  const state = await openStateFile(folder.stateFile);
  const outbox = await openOutbox(folder.outbox, ids);
  const queue = await openSampleQueue({
    directory: folder.samples,
    deviceUrl: identity.deviceUrl,
    http: deps.http,
    clock,
    log,
  });
  const sample = createSampler({ device: identity.device, clock, ids, queue, perMinute: deps.samplesPerMinute, log });
  const live: Live = { link: null, metrics: null, url: null, benchmarks: 0 };
  let progressAt = 0;

  const host = servingHost(deps, {
    live,
    sample,
    crashed: (model, reason) => {
      guard.crashed(model, reason);
    },
  });
  const reporter = createReporter({
    clock,
    site: identity.site,
    device: identity.device,
    epoch: ids.next(),
    key: deps.key,
    state,
    host,
    outbox,
    link: () => live.link,
    servingUrl: () => live.url,
    log,
  });
  const context: SlotContext = {
    clock,
    ids,
    folder,
    identity,
    state,
    store: deps.store,
    host,
    registry: deps.registry,
    verify: deps.verify,
    smoke: deps.smoke,
    prove: deps.prove,
    emit: reporter.emit,
    log,
    mayCollect: () => live.benchmarks === 0,
    onProgress() {
      if (clock.monotonicMs() - progressAt < PROGRESS_MS) return;
      progressAt = clock.monotonicMs();
      void reporter.flush();
    },
  };
  const converger = createConverger({ context, onStep: reporter.stateChanged });
  const guard = guardWorker(context, () => {
    converger.trigger();
  });
  const requests = requestAnswerer(deps, { live, state, afterBenchmark: () => collectGarbage(context) });
  return { live, state, queue, host, reporter, context, converger, guard, requests };
}

function servingHost(
  deps: AgentDeps,
  on: { live: Live; sample: (answer: Answered) => void; crashed: (model: LoadedModel, reason: string) => void },
): ModelHost {
  return createModelHost({
    clock: deps.clock,
    startWorker: deps.startWorker,
    rssBytes: () => process.memoryUsage.rss(),
    observer: {
      answered(answer) {
        on.live.metrics?.request(attributesOf(answer.model), {
          latencyMs: answer.latencyMs,
          failed: false,
          doubtful: answer.doubts.some((doubt) => doubt.doubtful),
        });
        on.sample(answer);
      },
      failed(model, latencyMs) {
        on.live.metrics?.request(attributesOf(model), { latencyMs, failed: true, doubtful: false });
      },
      crashed: on.crashed,
    },
  });
}

function requestAnswerer(
  deps: AgentDeps,
  { live, state, afterBenchmark }: { live: Live; state: StateFile; afterBenchmark: () => Promise<void> },
): RequestAnswerer {
  const { clock, identity, key, verifier, log } = deps;
  return createRequestAnswerer({
    clock,
    identity,
    key,
    verifier,
    log,
    handledFile: deps.folder.handledFile,
    link: () => live.link,
    benchmark: async (order, run) => {
      live.benchmarks += 1;
      try {
        return await runBenchmark(order, { ...deps, newestTrust: () => state.current.trust }, run);
      } finally {
        live.benchmarks -= 1;
        await afterBenchmark();
      }
    },
  });
}

function attributesOf({ slot, installed }: LoadedModel): { model: string; version: string; slot: string } {
  return { model: installed.ref.repository, version: installed.ref.version, slot };
}

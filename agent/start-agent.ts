import type { Clock, IdSource } from '#core/base/index.ts';
import type { SignatureVerifier, SigningKey } from '#core/keys/ports.ts';
import type { BlobStore, Hasher } from '#core/storage/ports.ts';
import { rolloutStateOf, type InstalledModel } from '#core/slots/index.ts';
import type { InferenceWorker } from '#native/onnx/index.ts';
import type { InferenceMetrics } from '#native/otlp-client/index.ts';
import type { HttpsClient, RegistryClient } from '#native/registry-client/index.ts';
import type { AgentFolder } from './agent-folder.ts';
import { runBenchmark } from './benchmark/run-benchmark.ts';
import { collectGarbage } from './convergence/collect-garbage.ts';
import { createConverger } from './convergence/converge.ts';
import { guardWorker } from './convergence/guard-worker.ts';
import type { VerifyBundle } from './convergence/ports.ts';
import { recover } from './convergence/serving-steps.ts';
import type { SlotContext, SmokeOutcome } from './convergence/slot-context.ts';
import type { AgentIdentity } from './identity/identity-file.ts';
import { openSampleQueue } from './samples/sample-queue.ts';
import { createSampler } from './samples/sampler.ts';
import { createModelHost, type Answered, type LoadedModel, type ModelHost } from './serving/model-host.ts';
import { startModelServer } from './serving/model-server.ts';
import { openOutbox } from './state/outbox.ts';
import { openStateFile } from './state/state-file.ts';
import { createRequestAnswerer, type RequestAnswerer } from './station-link/answer-requests.ts';
import { receiveDesired } from './station-link/receive-desired.ts';
import { createReporter } from './station-link/reporter.ts';
import type { StationLink } from './station-link/station-link.ts';
import { AGENT_VERSION } from './version.ts';

/** Everything of this machine that the agent works with; compose.ts is the only place that makes one. */
export interface AgentDeps {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly entryFile: string;
  readonly folder: AgentFolder;
  readonly identity: AgentIdentity;
  readonly key: SigningKey;
  readonly verifier: SignatureVerifier;
  readonly hasher: Hasher;
  readonly store: BlobStore;
  readonly http: HttpsClient;
  readonly registry: (mirrorUrl: string) => RegistryClient;
  readonly verify: VerifyBundle;
  readonly smoke: (installed: InstalledModel, signal: AbortSignal) => Promise<SmokeOutcome>;
  readonly prove: (model: LoadedModel) => Promise<readonly string[]>;
  readonly startWorker: (installed: InstalledModel) => Promise<InferenceWorker>;
  readonly connect: (on: {
    document(leaf: 'desired' | 'request', document: unknown): void;
    connected(): void;
  }) => Promise<StationLink>;
  readonly startMetrics: () => Promise<InferenceMetrics>;
  readonly log: (message: string) => void;
  readonly listen: { readonly host: string; readonly port: number };
  readonly samplesPerMinute: number;
}

export interface Agent {
  readonly url: string;
  stop(): Promise<void>;
}

/** What comes and goes while the agent runs. */
interface Live {
  link: StationLink | null;
  metrics: InferenceMetrics | null;
  url: string | null;
  benchmarks: number;
  progressAt: number;
}

const HEARTBEAT_MS = 15_000;
const PROGRESS_MS = 1000;

/**
 * Starts a gateway: first what this disk can serve, with no network; then the link to the station.
 * An unreachable station never keeps a model from serving.
 */
export async function startAgent(deps: AgentDeps): Promise<Agent> {
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
  const live: Live = { link: null, metrics: null, url: null, benchmarks: 0, progressAt: 0 };

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
      if (clock.monotonicMs() - live.progressAt < PROGRESS_MS) return;
      live.progressAt = clock.monotonicMs();
      void reporter.flush();
    },
  };
  const converger = createConverger({ context, onStep: reporter.stateChanged });
  const guard = guardWorker(context, () => {
    converger.trigger();
  });
  const requests = requestAnswerer(deps, { live, afterBenchmark: () => collectGarbage(context) });

  const server = await startModelServer(host, deps.listen);
  live.url = server.url;
  const recovered = await recover(context);
  log(`serving on ${server.url}: ${recovered}`);
  await reporter.emit({
    type: 'started',
    version: AGENT_VERSION,
    recovered: `${recovered} (${rolloutStateOf(state.current)})`,
  });
  await reporter.stateChanged();
  converger.trigger();

  const inbox = createInbox(log, async (leaf, document) => {
    if (leaf === 'request') {
      await requests.receive(document);
      return;
    }
    const effect = await receiveDesired(document, { clock, identity, verifier: deps.verifier, state, log });
    if (effect === 'nothing') return;
    await reporter.stateChanged();
    converger.trigger({ cancelCurrent: effect === 'other-model' });
  });
  live.link = await deps.connect({
    document: inbox.put,
    connected: () => {
      void reporter.flush();
      void queue.drain();
    },
  });
  live.metrics = await deps.startMetrics();
  const heartbeat = setInterval(() => {
    void reporter.flush();
    void queue.drain();
  }, HEARTBEAT_MS);

  return {
    url: server.url,
    async stop() {
      clearInterval(heartbeat);
      guard.stop();
      await requests.stop();
      await converger.stop();
      await inbox.empty();
      await server.close();
      await host.close();
      await reporter.flush();
      await live.metrics?.close().catch(() => undefined);
      await live.link?.close();
      deps.http.close();
    },
  };
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
  { live, afterBenchmark }: { live: Live; afterBenchmark: () => Promise<void> },
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
        return await runBenchmark(order, deps, run);
      } finally {
        live.benchmarks -= 1;
        await afterBenchmark();
      }
    },
  });
}

type Leaf = 'desired' | 'request';

/** One document after another: two of them must not race for the state. */
function createInbox(
  log: (message: string) => void,
  take: (leaf: Leaf, document: unknown) => Promise<void>,
): { put(leaf: Leaf, document: unknown): void; empty(): Promise<void> } {
  let queue: Promise<void> = Promise.resolve();
  return {
    put(leaf, document) {
      queue = queue
        .then(() => take(leaf, document))
        .catch((error: unknown) => {
          log(`document not taken: ${error instanceof Error ? error.message : String(error)}`);
        });
    },
    empty: () => queue,
  };
}

function attributesOf({ slot, installed }: LoadedModel): { model: string; version: string; slot: string } {
  return { model: installed.ref.repository, version: installed.ref.version, slot };
}

import { PROGRAM_VERSION } from '#core/base/index.ts';
import { readFile } from 'node:fs/promises';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { folderBlobStore } from '#native/fs/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { nodeSignatureVerifier, openKeyFile } from '#native/keys/index.ts';
import { createHttpsClient, createRegistryClient } from '#native/registry-client/index.ts';
import { DEVICE_PATHS } from '#contracts/device.ts';
import { agentFolder } from './agent-folder.ts';
import { proveLoaded, smokeInChild } from './convergence/prove-models.ts';
import { verifyInChild } from './convergence/verify-in-child.ts';
import { agentEntryFile } from './entry-file.ts';
import { readIdentity } from './identity/identity-file.ts';
import { startAgent, type Agent } from './start-agent.ts';

export interface AgentOptions {
  readonly directory: string;
  readonly host: string;
  readonly port: number;
  readonly metricsIntervalMs: number;
  readonly samplesPerMinute: number;
  readonly smokeLimitMs: number;
  readonly log: (message: string) => void;
}

/** What an agent does when nothing else is said. */
export const AGENT_DEFAULTS = {
  host: '127.0.0.1',
  port: 8500,
  metricsIntervalMs: 5000,
  samplesPerMinute: 30,
  smokeLimitMs: 60_000,
} as const;

/** The only place that names the agent's adapters. */
export async function composeAgent(options: AgentOptions): Promise<Agent> {
  const { log } = options;
  const clock = systemClock;
  const ids = randomIds(clock);
  const folder = agentFolder(options.directory);
  const identity = await readIdentity(folder);
  const key = await openKeyFile(folder.keyFile, null);
  const privateKeyPem = await readFile(folder.keyFile, 'utf8');
  const tls = { caPem: identity.caPem, certificatePem: identity.certificatePem, privateKeyPem };
  const http = createHttpsClient({ caPem: tls.caPem, client: tls });
  const store = await folderBlobStore(folder.blobs);
  const entryFile = agentEntryFile();
  return startAgent({
    clock,
    ids,
    entryFile,
    folder,
    identity,
    key,
    store,
    http,
    log,
    verifier: nodeSignatureVerifier,
    hasher: nodeHasher,
    registry: (mirrorUrl) => createRegistryClient(http, mirrorUrl),
    verify: verifyInChild({ entryFile, storeDirectory: folder.blobs }),
    smoke: (installed, signal) =>
      smokeInChild(installed, signal, { store, entryFile, timeLimitMs: options.smokeLimitMs }),
    prove: (model) => proveLoaded(model, store),
    startWorker: async (installed) => {
      const { startInferenceWorker } = await import('#native/onnx/index.ts');
      return startInferenceWorker({
        entryFile,
        path: store.pathOf(installed.weights.digest),
        digest: installed.weights.digest,
        providers: installed.providers,
      });
    },
    connect: async (on) => {
      const { connectDevice } = await import('#native/mqtt-client/index.ts');
      return connectDevice({
        url: identity.mqttUrl,
        site: identity.site,
        device: identity.device,
        tls,
        onDocument: (leaf, document) => {
          on.document(leaf, document);
        },
        onConnected: () => {
          on.connected();
        },
        onTrouble: oncePerMessage(log),
      });
    },
    startMetrics: async () => {
      const { startMetrics } = await import('#native/otlp-client/index.ts');
      return startMetrics({
        url: new URL(DEVICE_PATHS.metrics, identity.deviceUrl).href,
        tls,
        site: identity.site,
        device: identity.device,
        version: PROGRAM_VERSION,
        intervalMs: options.metricsIntervalMs,
        onDropped: (exports) => {
          log(`telemetry: ${String(exports)} exports dropped, the station was away for too long`);
        },
      });
    },
    listen: { host: options.host, port: options.port },
    samplesPerMinute: options.samplesPerMinute,
  });
}

/** A station that is away for a week must not fill the disk with one sentence. */
function oncePerMessage(log: (message: string) => void): (message: string) => void {
  let last = '';
  return (message) => {
    if (message !== last) log(`station link: ${message}`);
    last = message;
  };
}

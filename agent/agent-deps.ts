import type { Clock, IdSource } from '#core/base/index.ts';
import type { SignatureVerifier, SigningKey } from '#core/keys/ports.ts';
import type { InstalledModel } from '#core/slots/index.ts';
import type { BlobStore, Hasher } from '#core/storage/ports.ts';
import type { InferenceWorker } from '#native/onnx/index.ts';
import type { InferenceMetrics } from '#native/otlp-client/index.ts';
import type { HttpsClient, RegistryClient } from '#native/registry-client/index.ts';
import type { AgentFolder } from './agent-folder.ts';
import type { VerifyBundle } from './convergence/ports.ts';
import type { SmokeOutcome } from './convergence/slot-context.ts';
import type { AgentIdentity } from './identity/identity-file.ts';
import type { LoadedModel } from './serving/model-host.ts';
import type { StationLink } from './station-link/station-link.ts';

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

import type { DeviceEvent, FallbackEvidence } from '#contracts/device.ts';
import type { Clock, IdSource } from '#core/base/index.ts';
import type { InstalledModel } from '#core/slots/index.ts';
import type { BlobStore } from '#core/storage/ports.ts';
import type { RegistryClient } from '#native/registry-client/index.ts';
import type { AgentFolder } from '#agent/agent-folder.ts';
import type { AgentIdentity } from '#agent/identity/identity-file.ts';
import type { SmokeAnswer } from '#agent/roles/smoke.ts';
import type { LoadedModel, ModelHost } from '#agent/serving/model-host.ts';
import type { StateFile } from '#agent/state/state-file.ts';
import { keepEvidence } from './evidence.ts';
import type { VerifyBundle } from './ports.ts';

/** Outcome of a golden-vector run in a killable child. */
export type SmokeOutcome =
  | { readonly ok: true; readonly answer: SmokeAnswer }
  | { readonly ok: false; readonly message: string; readonly log: string };

/** What the steps of the slots work with. */
export interface SlotContext {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly folder: AgentFolder;
  readonly identity: AgentIdentity;
  readonly state: StateFile;
  readonly store: BlobStore;
  readonly host: ModelHost;
  readonly registry: (mirrorUrl: string) => RegistryClient;
  readonly verify: VerifyBundle;
  readonly smoke: (installed: InstalledModel, signal: AbortSignal) => Promise<SmokeOutcome>;
  /** Runs the golden inputs once on the loaded model and returns what differs. */
  readonly prove: (model: LoadedModel) => Promise<readonly string[]>;
  readonly emit: (event: DeviceEvent['event']) => Promise<void>;
  readonly log: (message: string) => void;
  /** False while a benchmark needs blobs that no slot holds. */
  readonly mayCollect: () => boolean;
  /** Progress of a transfer, throttled by whoever listens. */
  readonly onProgress: () => void;
}

/** Notes a fault of an idle or trial slot: durable state, kept evidence, event. */
export async function noteFallback(context: SlotContext, evidence: FallbackEvidence): Promise<void> {
  await keepEvidence(context.folder.evidence, evidence, context.ids);
  const { generation, desired } = context.state.current;
  await context.emit({ type: 'fell-back', generation, rolloutId: desired?.rolloutId ?? null, evidence });
}

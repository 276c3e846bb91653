import { PAYLOAD_TYPES, type DeviceEvent, type ReportedDocument, type SlotView } from '#contracts/device.ts';
import { PROGRAM_VERSION, type Clock } from '#core/base/index.ts';
import type { SigningKey } from '#core/keys/ports.ts';
import { sealDocument } from '#core/signing/index.ts';
import { previousSlot, refOf, rolloutStateOf, type AgentState, type Slot } from '#core/slots/index.ts';
import { machineFacts } from '#native/machine/index.ts';
import { onnxRuntimeVersion, SUPPORTED_PROVIDERS } from '#native/onnx/index.ts';
import type { ModelHost } from '#agent/serving/model-host.ts';
import type { Outbox } from '#agent/state/outbox.ts';
import type { StateFile } from '#agent/state/state-file.ts';
import type { StationLink } from './station-link.ts';

export interface ReporterDeps {
  readonly clock: Clock;
  readonly site: string;
  readonly device: string;
  /** Fresh with every start: sequences count from it. */
  readonly epoch: string;
  readonly key: SigningKey;
  readonly state: StateFile;
  readonly host: ModelHost;
  readonly outbox: Outbox;
  readonly link: () => StationLink | null;
  readonly servingUrl: () => string | null;
  readonly log: (message: string) => void;
}

/** What the device says about itself: the reported document (newest wins) and events (none is lost). */
export interface Reporter {
  /** Durable when it returns; leaves when the station hears. */
  emit(event: DeviceEvent['event']): Promise<void>;
  /** Events for a state that changed since the last call, then the report. */
  stateChanged(): Promise<void>;
  /** Sends what waits and the present state. Never throws: an unreachable station is normal. */
  flush(): Promise<void>;
}

export function createReporter(deps: ReporterDeps): Reporter {
  const counters = { report: 0, event: 0 };
  let told = '';
  let sending: Promise<void> | null = null;
  let dirty = false;

  const emit = async (event: DeviceEvent['event']): Promise<void> => {
    const document: DeviceEvent = {
      v: 1,
      site: deps.site,
      device: deps.device,
      epoch: deps.epoch,
      sequence: counters.event,
      at: Math.round(deps.clock.now()),
      event,
    };
    counters.event += 1;
    await deps.outbox.put(await sealDocument(PAYLOAD_TYPES.event, document, deps.key));
  };
  const send = async (): Promise<void> => {
    const link = deps.link();
    if (link === null || !link.connected) return;
    await deps.outbox.drain((envelope) => link.publish('event', envelope));
    const document = reportedDocument(deps, counters.report);
    counters.report += 1;
    await link.publish('reported', await sealDocument(PAYLOAD_TYPES.reported, document, deps.key), { retain: true });
  };
  const flush = (): Promise<void> => {
    dirty = true;
    sending ??= (async () => {
      while (dirty) {
        dirty = false;
        await send();
      }
    })()
      .catch((error: unknown) => {
        deps.log(`not reported: ${error instanceof Error ? error.message : String(error)}`);
      })
      .finally(() => {
        sending = null;
      });
    return sending;
  };
  return {
    emit,
    flush,
    async stateChanged() {
      const { generation, desired } = deps.state.current;
      const state = rolloutStateOf(deps.state.current);
      const now = `${String(generation)} ${state}`;
      if (now !== told) {
        told = now;
        const about = { generation, rolloutId: desired?.rolloutId ?? null };
        await emit({
          type: 'state',
          state,
          ...about,
          detail: deps.state.current.fallback?.message.slice(0, 2048) ?? '',
        });
        const model = desired?.model ?? null;
        const figures = deps.host.active?.figures.snapshot() ?? null;
        if (state === 'confirmed' && model !== null && figures !== null)
          await emit({ type: 'confirmed', ...about, model, figures });
      }
      void flush();
    },
  };
}

function reportedDocument(deps: ReporterDeps, sequence: number): ReportedDocument {
  const { current } = deps.state;
  const state = rolloutStateOf(current);
  const isBroken = current.active === null && current.fallback !== null && hadModel(current);
  return {
    v: 1,
    site: deps.site,
    device: deps.device,
    at: Math.round(deps.clock.now()),
    epoch: deps.epoch,
    sequence,
    generation: current.generation,
    rolloutId: current.desired?.rolloutId ?? null,
    state: isBroken && state !== 'fell-back' ? 'stuck' : state,
    active: current.stopped ? null : current.active,
    previous: previousSlot(current),
    slots: { a: slotView(current.slots.a), b: slotView(current.slots.b) },
    figures: deps.host.active?.figures.snapshot() ?? null,
    fallback: current.fallback,
    agent: {
      version: PROGRAM_VERSION,
      ...machineFacts(),
      rssBytes: process.memoryUsage.rss(),
      runtimes: [{ runtime: 'onnxruntime', version: onnxRuntimeVersion(), providers: [...SUPPORTED_PROVIDERS] }],
      servingUrl: deps.servingUrl(),
    },
  };
}

/** A device whose only committed models no longer load needs hands; one that never had a model does not. */
function hadModel({ slots }: AgentState): boolean {
  return [slots.a, slots.b].some(
    (slot) =>
      slot.at === 'failed' &&
      slot.evidence.code === 'SLOT_SMOKE_FAILED' &&
      slot.evidence.message.startsWith('the model does not load'),
  );
}

function slotView(slot: Slot): SlotView {
  const view: SlotView = { state: slot.at, model: refOf(slot) };
  switch (slot.at) {
    case 'staging':
      return { ...view, doneBytes: slot.doneBytes, totalBytes: slot.totalBytes };
    case 'rolled-back':
    case 'failed':
      return { ...view, reason: slot.evidence.message };
    case 'empty':
    case 'staged':
    case 'trial':
    case 'committed':
      return view;
  }
}

import { PAYLOAD_TYPES, type DesiredDocument } from '#contracts/device.ts';
import { nextDesired, renewedDesired } from '#core/fleet/index.ts';
import { sealDocument } from '#core/signing/index.ts';
import { stationActor, type FleetDeps } from './deps.ts';
import type { DeviceRegister } from './device-register.ts';
import type { DesiredChange } from './service.ts';

/** How often old documents are sealed again; far below their lifetime, so that a missed turn costs nothing. */
const RENEWAL_INTERVAL_MS = 6 * 3_600_000;

export interface DesiredPublisher {
  desire(deviceId: string, change: DesiredChange): Promise<number>;
  /** Publishes the document of every device again: the embedded broker keeps retained messages in memory only. */
  publishAll(): Promise<void>;
  /** Publishes now and keeps the lifetimes fresh until the signal. */
  run(signal: AbortSignal): Promise<void>;
}

/** INVARIANTS: one change per device at a time, so that generations rise; a document is durable before it is published. */
export function createDesiredPublisher(deps: FleetDeps, register: DeviceRegister): DesiredPublisher {
  const turns = new Map<string, Promise<unknown>>();
  const inTurn = <T>(deviceId: string, work: () => Promise<T>): Promise<T> => {
    const before = turns.get(deviceId) ?? Promise.resolve();
    const mine = before.then(work, work);
    turns.set(deviceId, mine);
    return mine;
  };
  const seal = (document: DesiredDocument) => sealDocument(PAYLOAD_TYPES.desired, document, deps.siteKey);
  const publish = async (deviceId: string): Promise<void> => {
    const desired = register.find(deviceId)?.desired;
    if (desired !== null && desired !== undefined) await deps.bus.publishDesired(deviceId, desired.envelope);
  };

  const surroundings = () => ({
    now: deps.clock.now(),
    mirrorUrl: deps.endpoints().deviceUrl,
    trust: deps.deviceTrust?.(),
  });

  const change = async (deviceId: string, wanted: DesiredChange): Promise<number> => {
    const document = nextDesired(register.require(deviceId), wanted, {
      site: deps.site.id,
      ...surroundings(),
    });
    const envelope = await seal(document);
    const { model, phase, rolloutId, ticket, generation } = document;
    register.save(
      { ...register.require(deviceId), desired: { document, envelope } },
      {
        actor: stationActor(deps),
        type: 'device.desired',
        ...(ticket === null ? {} : { ticket }),
        payload: {
          generation,
          phase,
          rolloutId,
          repository: model?.repository ?? null,
          version: model?.version ?? null,
          bundleDigest: model?.bundleDigest ?? null,
        },
      },
    );
    // Durable already: a failed publication is repeated by run(), never a reason to call the change undone.
    await publish(deviceId).catch((error: unknown) => {
      deps.onError(error, `publish desired of ${deviceId}`);
    });
    return generation;
  };

  const renew = async (deviceId: string): Promise<void> => {
    const record = register.find(deviceId);
    if (record === undefined || record.revoked !== null || record.desired === null) return;
    const document = renewedDesired(record.desired.document, surroundings());
    if (document !== undefined) {
      const envelope = await seal(document);
      register.save({ ...(register.find(deviceId) ?? record), desired: { document, envelope } }, null);
    }
    await publish(deviceId);
  };

  const publishAll = async (): Promise<void> => {
    for (const { id } of register.all()) {
      await inTurn(id, () => renew(id)).catch((error: unknown) => {
        deps.onError(error, `publish desired of ${id}`);
      });
    }
  };

  return {
    desire: (deviceId, wanted) => inTurn(deviceId, () => change(deviceId, wanted)),
    publishAll,
    async run(signal) {
      const unfollow = followTrust(deps, publishAll);
      try {
        while (!signal.aborted) {
          await publishAll();
          await deps.clock.sleep(RENEWAL_INTERVAL_MS, signal);
        }
      } finally {
        unfollow();
      }
    },
  };
}

/** A change of trust is sealed for every device at once. One that nobody could be told now goes out with the next turn. */
function followTrust(deps: FleetDeps, publishAll: () => Promise<void>): () => void {
  let isWaiting = false;
  return deps.store.events.subscribe(({ stream }) => {
    if (stream !== 'trust' || isWaiting) return;
    isWaiting = true;
    // After the transaction, and once for all changes that come together.
    queueMicrotask(() => {
      isWaiting = false;
      publishAll().catch((error: unknown) => {
        deps.onError(error, 'tell devices of changed trust');
      });
    });
  });
}

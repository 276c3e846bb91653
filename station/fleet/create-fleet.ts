import type { Person } from '#contracts/site.ts';
import { deviceView } from '#core/fleet/index.ts';
import type { DeviceGate } from '#core/fleet/ports.ts';
import type { FleetDeps } from './deps.ts';
import { createDesiredPublisher } from './desired-publisher.ts';
import { openDeviceRegister, type DeviceRegister } from './device-register.ts';
import { createEnrolment } from './enrolment.ts';
import { createIntake } from './intake.ts';
import { createQuestions } from './questions.ts';
import { createRefusals } from './refusals.ts';
import type { DeviceNews, FleetService } from './service.ts';

export type { FleetDeps } from './deps.ts';

/** The fleet with what only the composition root calls. */
export interface Fleet extends FleetService {
  /** For the broker and the device port. */
  readonly gate: DeviceGate;
  /** Publishes the desired document of every device, now and as their lifetimes need. Called once, after the broker listens. */
  start(): void;
  stop(): Promise<void>;
}

/** Devices of a site: enrolment, what is wanted of them, what they say, questions to them. */
export function createFleetService(deps: FleetDeps): Fleet {
  const register = openDeviceRegister(deps.store);
  const refusals = createRefusals({ site: deps.site, clock: deps.clock, events: deps.store.events });
  const enrolment = createEnrolment(deps, register);
  const publisher = createDesiredPublisher(deps, register);
  const questions = createQuestions(deps, register);
  const online = new Set<string>();
  const listeners = new Set<(news: DeviceNews) => void>();
  const tell = createTeller(listeners, deps);
  const unsubscribe = deps.bus.onMessage(createIntake(deps, { register, questions, refusals, online, tell }));
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const viewOf = (id: string) => deviceView(register.require(id), online.has(id), deps.clock.now());
  return {
    list: () =>
      register
        .all()
        .filter((record) => record.revoked === null)
        .map(({ id }) => viewOf(id)),
    get: viewOf,
    createCode: enrolment.createCode,
    enrol: enrolment.enrol,
    revoke: (deviceId, reason, person) => revoke(deps, { register, online }, { deviceId, reason, person }),
    desire: publisher.desire,
    ask: questions.ask,
    onNews(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    gate: {
      admits(identity) {
        const record = register.find(identity.device);
        return (
          record !== undefined && record.revoked === null && record.certificate.fingerprint === identity.fingerprint
        );
      },
      refused: ({ device, via, why }) => {
        try {
          refusals.record({ device, type: 'device.connection-refused', why, via });
        } catch (error) {
          // The connection is refused either way; the servers must not fall over a full disk.
          deps.onError(error, 'record a refused connection');
        }
      },
    },
    start() {
      running = publisher.run(stopping.signal).catch((error: unknown) => {
        if (!stopping.signal.aborted) deps.onError(error, 'publish desired documents');
      });
    },
    async stop() {
      unsubscribe();
      stopping.abort();
      await running;
    },
  };
}

/** News is durable before it is told; a listener that fails loses nothing but its own turn. */
function createTeller(listeners: ReadonlySet<(news: DeviceNews) => void>, deps: FleetDeps): (news: DeviceNews) => void {
  return (news) => {
    for (const listener of listeners) {
      try {
        listener(news);
      } catch (error) {
        deps.onError(error, `tell news of ${news.device}`);
      }
    }
  };
}

/** Refused from this moment: durable first, then the connection ends, then the list for other engines is written. */
async function revoke(
  deps: FleetDeps,
  state: { register: DeviceRegister; online: Set<string> },
  order: { deviceId: string; reason: string; person: Person },
): Promise<void> {
  const { deviceId, reason, person } = order;
  const record = state.register.require(deviceId);
  const revoked = { at: deps.clock.now(), reason };
  const { serial, fingerprint } = record.certificate;
  state.register.save(
    { ...record, revoked },
    {
      actor: { kind: 'person', id: person.id, name: person.name },
      type: 'device.revoked',
      payload: { reason, serial, fingerprint },
    },
  );
  state.online.delete(deviceId);
  deps.bus.disconnect(deviceId);
  const entries = state.register
    .all()
    .flatMap((each) =>
      each.revoked === null ? [] : [{ serial: each.certificate.serial, revokedAt: each.revoked.at }],
    );
  await deps.publishRevocations(await deps.ca.issueRevocationList(entries));
}

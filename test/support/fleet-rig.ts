import { join } from 'node:path';
import {
  DeviceRequest,
  PAYLOAD_TYPES,
  type DeviceEvent,
  type DeviceResponse,
  type DsseEnvelope,
  type EnrolmentResponse,
  type ReportedDocument,
} from '#contracts/device.ts';
import type { Person } from '#contracts/site.ts';
import { ChannelPolicy, TRUSTS_NOBODY } from '#contracts/verdict.ts';
import { isAppError, type Clock } from '#core/base/index.ts';
import type { DeviceBus, DeviceMessage } from '#core/device/ports.ts';
import type { SigningKey } from '#core/keys/ports.ts';
import { openDocument, sealDocument } from '#core/signing/index.ts';
import type { StationStore } from '#core/storage/ports.ts';
import { randomIds } from '#native/clock/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { createKeyPair, nodeSignatureVerifier, signingKeyFromPem } from '#native/keys/index.ts';
import { openStationStore } from '#native/sqlite/index.ts';
import { createFleetService, type Fleet, type FleetDeps } from '#station/fleet/create-fleet.ts';
import { createDeviceRequest } from './device-request.ts';
import type { SitePki } from './site-pki.ts';

export const OLGA: Person = { id: 'olga', name: 'Olga', role: 'operator' };

/** A wall clock that stands until it is moved; sleeping waits for the move. */
export interface HandClock extends Clock {
  advance(ms: number): void;
}

export function handClock(start = Date.now()): HandClock {
  let now = start;
  let sleepers: { at: number; wake: () => void }[] = [];
  return {
    now: () => now,
    monotonicMs: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
        sleepers.push({ at: now + ms, wake: resolve });
      }),
    advance(ms) {
      now += ms;
      const due = sleepers.filter((sleeper) => sleeper.at <= now);
      sleepers = sleepers.filter((sleeper) => sleeper.at > now);
      for (const sleeper of due) sleeper.wake();
    },
  };
}

/** A bus without a wire: keeps what was published and lets a test speak as a device. */
export interface ShortBus extends DeviceBus {
  readonly desired: Map<string, DsseEnvelope[]>;
  readonly requests: { device: string; envelope: DsseEnvelope }[];
  readonly disconnected: string[];
  say(message: DeviceMessage): void;
}

export function shortBus(): ShortBus {
  const listeners = new Set<(message: DeviceMessage) => void>();
  const desired = new Map<string, DsseEnvelope[]>();
  const requests: ShortBus['requests'] = [];
  const disconnected: string[] = [];
  return {
    desired,
    requests,
    disconnected,
    publishDesired: (device, envelope) =>
      Promise.resolve(void desired.set(device, [...(desired.get(device) ?? []), envelope])),
    publishRequest: (device, envelope) => Promise.resolve(void requests.push({ device, envelope })),
    onMessage(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    disconnect: (device) => disconnected.push(device),
    say(message) {
      for (const listener of listeners) listener(message);
    },
  };
}

export interface FleetRig {
  readonly fleet: Fleet;
  readonly store: StationStore;
  readonly siteKey: SigningKey;
  readonly errors: unknown[];
  readonly revocationLists: string[];
  types(): string[];
}

/** A fleet service over a real database and a real certificate authority. */
export function openFleetRig(parts: {
  pki: SitePki;
  database: string;
  bus: DeviceBus;
  clock: Clock;
  siteKey: SigningKey;
  endpoints?: FleetDeps['endpoints'];
  deviceTrust?: NonNullable<FleetDeps['deviceTrust']>;
}): FleetRig {
  const { pki, bus, clock, siteKey } = parts;
  const ids = randomIds(clock);
  const store = openStationStore({ path: join(pki.dir, parts.database), clock, ids, hasher: nodeHasher });
  const errors: unknown[] = [];
  const revocationLists: string[] = [];
  const fleet = createFleetService({
    site: { id: pki.site, name: 'Plant North' },
    store,
    bus,
    ca: pki.ca,
    siteKey,
    verifier: nodeSignatureVerifier,
    hasher: nodeHasher,
    clock,
    ids,
    endpoints: parts.endpoints ?? (() => ({ mqttUrl: 'mqtts://station:8883', deviceUrl: 'https://station:8443' })),
    trust: () => TRUSTS_NOBODY,
    policy: () => ({ v: 1, version: 1, channels: { staging: STRICT, production: STRICT }, lineContracts: {} }),
    ...(parts.deviceTrust === undefined ? {} : { deviceTrust: parts.deviceTrust }),
    lineContract: () => null,
    publishRevocations: (pem) => Promise.resolve(void revocationLists.push(pem)),
    onError: (error) => errors.push(error),
  });
  return {
    fleet,
    store,
    siteKey,
    errors,
    revocationLists,
    types: () => store.events.read(0, 1000).map((record) => record.type),
  };
}

const STRICT = ChannelPolicy.parse({});

/** A gateway as far as the station can tell: its key, its certificate, and signed words. */
export interface TestDevice {
  readonly id: string;
  readonly response: EnrolmentResponse;
  readonly privateKeyPem: string;
  reported(change?: Partial<ReportedDocument>): Promise<DsseEnvelope>;
  event(change: Pick<DeviceEvent, 'sequence'> & Partial<DeviceEvent>): Promise<DsseEnvelope>;
  answer(requestId: string, outcome: DeviceResponse['outcome']): Promise<DsseEnvelope>;
  /** Checks the site's signature and reads the request. */
  readRequest(envelope: unknown): DeviceRequest;
}

/** Enrols a device the way an agent does: code, own key, request. */
export async function enrolDevice(
  fleet: Fleet,
  options: { name?: string; line?: string; clock: Clock },
): Promise<TestDevice> {
  const code = fleet.createCode(
    {
      name: options.name ?? 'Camera 1',
      line: options.line ?? 'Line 4',
      cell: 'A',
      redundancyGroup: null,
      safety: false,
      validMinutes: 30,
    },
    OLGA,
  );
  const own = await createDeviceRequest('gateway.local');
  const response = await fleet.enrol({
    v: 1,
    code: code.code,
    csrPem: own.csrPem,
    hostname: 'gateway.local',
    agentVersion: '0.1.0',
  });
  const key = signingKeyFromPem(own.privateKeyPem);
  return {
    id: response.device,
    response,
    privateKeyPem: own.privateKeyPem,
    reported: (change = {}) =>
      sealDocument(
        PAYLOAD_TYPES.reported,
        aReport({ site: response.site, device: response.device, at: options.clock.now(), ...change }),
        key,
      ),
    event: (change) =>
      sealDocument(
        PAYLOAD_TYPES.event,
        {
          v: 1,
          site: response.site,
          device: response.device,
          epoch: 'e1',
          at: options.clock.now(),
          event: { type: 'started', version: '0.1.0', recovered: 'nothing' },
          ...change,
        },
        key,
      ),
    answer: (id, outcome) =>
      sealDocument(
        PAYLOAD_TYPES.response,
        {
          v: 1,
          id,
          device: response.device,
          at: options.clock.now(),
          outcome:
            outcome.status === 'done'
              ? { status: 'done', result: JSON.parse(JSON.stringify(outcome.result)) as string }
              : outcome,
        },
        key,
      ),
    readRequest: (envelope) =>
      openDocument(envelope, {
        payloadType: PAYLOAD_TYPES.request,
        schema: DeviceRequest,
        publicKeyPem: response.siteKeyPem,
        verifier: nodeSignatureVerifier,
      }),
  };
}

export function aReport(
  change: Partial<ReportedDocument> & Pick<ReportedDocument, 'site' | 'device'>,
): ReportedDocument {
  const empty = { state: 'empty', model: null } as const;
  return {
    v: 1,
    at: 0,
    epoch: 'e1',
    sequence: 0,
    generation: 0,
    rolloutId: null,
    state: 'idle',
    active: null,
    previous: null,
    slots: { a: empty, b: empty },
    figures: null,
    fallback: null,
    agent: {
      version: '0.1.0',
      os: 'linux',
      architecture: 'x64',
      hostname: 'h',
      cpu: 'c',
      cores: 2,
      memoryBytes: 1,
      rssBytes: 1,
      runtimes: [],
      servingUrl: null,
    },
    ...change,
  };
}

export function aSiteKey(): SigningKey {
  return signingKeyFromPem(createKeyPair('ecdsa-p256').privateKeyPem);
}

/** The code that a piece of work failed with; undefined when it did not fail. */
export async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return await work.then(
    () => undefined,
    (error: unknown) => (isAppError(error) ? error.code : String(error)),
  );
}

/** Lets the event loop turn until something is true. */
export async function until(isTrue: () => boolean): Promise<void> {
  for (let turn = 0; turn < 500 && !isTrue(); turn += 1) await new Promise((resolve) => setImmediate(resolve));
  if (!isTrue()) throw new Error('what was waited for did not happen');
}

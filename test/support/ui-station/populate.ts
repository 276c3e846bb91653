import type { VolumeView } from '#contracts/media.ts';
import type { Person } from '#contracts/site.ts';
import { sampleBenchmarks } from './benchmarks-data.ts';
import { bundleFor, PUBLISHER_KEY, verdictFor } from './bundles-data.ts';
import { sampleDevices } from './devices-data.ts';
import { digestOf } from './digests.ts';
import { UNTRUSTED_VERSION } from './imports-service.ts';
import { stick } from './media-service.ts';
import { sampleQueue } from './review-service.ts';
import { sampleRollouts } from './rollouts-data.ts';
import type { World } from './world.ts';

const DAY = 86_400_000;

/** Two sticks, so that nothing may be preselected. */
export function defaultVolumes(): VolumeView[] {
  return [stick('usb-1', '1.2.0'), stick('usb-2', UNTRUSTED_VERSION)];
}

/** Fills an empty world with a site that has been running for six weeks. */
export function populate(world: World, person: Person, many: number): void {
  const now = world.clock.now();
  for (const device of sampleDevices(now, many)) world.devices.set(device.id, device);
  for (const [version, sequence, age] of [
    ['1.0.0', 1, 40],
    ['1.1.0', 2, 6],
  ] as const) {
    const bundle = bundleFor(version, sequence, now - age * DAY);
    world.bundles.set(bundle.summary.digest, bundle);
  }
  world.benchmarks.push(...sampleBenchmarks(now));
  for (const rollout of sampleRollouts(now)) world.rollouts.set(rollout.id, rollout);
  for (const sample of sampleQueue(now, 40)) world.samples.set(sample.id, sample);
  world.trust.keys.push({
    keyId: PUBLISHER_KEY,
    name: 'ACME Vision, model publishing',
    publicKeyPem: '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n',
    channels: ['staging', 'production'],
    addedAt: now - 41 * DAY,
    addedBy: 'Dana Keller',
  });
  pastImports(world, now);
  const event = (
    ageMinutes: number,
    stream: string,
    type: string,
    subject: string,
    ticket: string | null = null,
  ): void =>
    world.record(type.startsWith('device.') ? null : person, {
      at: now - ageMinutes * 60_000,
      stream,
      type,
      subject,
      ticket,
    });
  event(41 * 1440, 'trust', 'trust.key-added', PUBLISHER_KEY);
  event(40 * 1440, 'fleet', 'fleet.code-created', 'aoi-4-01');
  event(40 * 1440 - 3, 'device', 'device.enrolled', 'aoi-4-01');
  event(6 * 1440, 'import', 'import.started', 'imp-1-1-0');
  event(6 * 1440 - 2, 'import', 'import.accepted', 'imp-1-1-0');
  event(92, 'benchmark', 'benchmark.started', 'aoi-4-01');
  event(60, 'rollout', 'rollout.started', 'ro-110', 'CHG-20417');
  event(44, 'device', 'device.confirmed', 'aoi-4-01', 'CHG-20417');
  event(42, 'device', 'device.fell-back', 'aoi-4-03', 'CHG-20431');
  event(41, 'rollout', 'rollout.held', 'ro-120', 'CHG-20431');
}

function pastImports(world: World, now: number): void {
  const base = {
    volumeId: 'usb-0',
    volumeSerial: '4C530001107',
    totalBytes: 14_208_431,
    copiedBytes: 14_208_431,
    jobId: null,
    missingParts: [],
    model: 'acme/pcb-defect',
    startedBy: 'Dana Keller',
  };
  world.imports.set('imp-1-1-0', {
    ...base,
    id: 'imp-1-1-0',
    state: 'accepted',
    volumeLabel: 'GANTRY-1.1.0',
    bundleDigest: digestOf('pcb 1.1.0'),
    version: '1.1.0',
    title: 'PCB defect detector 1.1.0',
    verdict: verdictFor('1.1.0', now - 6 * DAY),
    error: null,
    decidedBy: 'Dana Keller',
    decisionReason: 'Change CHG-20417',
    createdAt: now - 6 * DAY,
    updatedAt: now - 6 * DAY + 120_000,
  });
  world.imports.set('imp-refused', {
    ...base,
    id: 'imp-refused',
    state: 'refused',
    volumeLabel: 'VISITOR',
    bundleDigest: digestOf(`pcb ${UNTRUSTED_VERSION}`),
    version: UNTRUSTED_VERSION,
    title: 'PCB defect detector, unknown origin',
    verdict: verdictFor(UNTRUSTED_VERSION, now - 2 * DAY, false),
    error: null,
    decidedBy: null,
    decisionReason: null,
    createdAt: now - 2 * DAY,
    updatedAt: now - 2 * DAY + 60_000,
  });
  world.imports.set('imp-failed', {
    ...base,
    id: 'imp-failed',
    state: 'failed',
    copiedBytes: 6_100_000,
    volumeLabel: 'GANTRY-OLD',
    bundleDigest: digestOf('pcb 0.9.9'),
    version: '0.9.9',
    title: 'PCB defect detector 0.9.9',
    verdict: null,
    error: {
      code: 'MEDIA_PART_DAMAGED',
      message: 'part-0001.bin: bytes 6,100,000 to 6,300,000 do not match their digest',
      details: { part: 'part-0001.bin', stick: 1 },
    },
    decidedBy: null,
    decisionReason: null,
    createdAt: now - DAY,
    updatedAt: now - DAY + 9000,
  });
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planDigestOf, planRollout } from '#core/rollout/index.ts';
import {
  aBundleSummary,
  aDevice,
  aModelRef,
  aReport,
  aRolloutRequest,
  digestOf,
} from '#test/support/builders/fleet.ts';
import type { DeviceView } from '#contracts/device.ts';
import { nodeHasher } from '#native/hash/index.ts';

const plan = (fleet: DeviceView[], change: Partial<Parameters<typeof planRollout>[0]> = {}) =>
  planRollout({
    request: aRolloutRequest(),
    bundle: aBundleSummary(),
    fleet,
    busy: new Map(),
    measured: () => undefined,
    hasher: nodeHasher,
    ...change,
  });

const fleetOf = (size: number) => Array.from({ length: size }, (_, at) => aDevice({ id: `gw-${String(at)}` }));

describe('planRollout', () => {
  describe('when three gateways are free', () => {
    it('puts one into each cohort', () => {
      const { cohorts } = plan(fleetOf(3));

      expect(cohorts.map((cohort) => [cohort.name, cohort.devices.length])).toEqual([
        ['canary', 1],
        ['early', 1],
        ['rest', 1],
      ]);
    });
  });

  describe('when the same fleet comes in another order', () => {
    it('gives the same bytes', () => {
      fc.assert(
        fc.property(fc.shuffledSubarray(fleetOf(30), { minLength: 30 }), (shuffled) => {
          expect(planDigestOf(plan(shuffled), nodeHasher)).toBe(planDigestOf(plan(fleetOf(30)), nodeHasher));
        }),
        { numRuns: 30 },
      );
    });
  });

  describe('when devices join a large fleet', () => {
    it('moves no device to another cohort', () => {
      const cohortOf = (size: number) =>
        new Map(
          plan(fleetOf(size)).cohorts.flatMap((cohort) => cohort.devices.map(({ device }) => [device, cohort.name])),
        );
      const before = cohortOf(400);

      const after = cohortOf(500);

      expect([...before].filter(([device, cohort]) => after.get(device) !== cohort)).toEqual([]);
    });
  });

  describe('when a device is safety critical', () => {
    it('belongs to the last cohort', () => {
      const fleet = [aDevice({ id: 'gw-a', safety: true }), aDevice({ id: 'gw-b' }), aDevice({ id: 'gw-c' })];

      const last = plan(fleet).cohorts.at(-1);

      expect(last?.devices.map(({ device }) => device)).toContain('gw-a');
    });
  });

  describe('when a device cannot take the bundle', () => {
    it.each([
      ['is busy', aDevice(), new Map([['gw-1', 'other']]), 'ROLLOUT_DEVICE_BUSY'],
      ['never reported', aDevice({ reported: null }), new Map<string, string>(), 'ROLLOUT_DEVICE_SILENT'],
      [
        'has no runtime',
        aDevice({ reported: aReport({ agent: { ...aReport().agent, runtimes: [] } }) }),
        new Map<string, string>(),
        'ROLLOUT_NO_VARIANT',
      ],
      [
        'runs it already',
        aDevice({
          reported: aReport({
            slots: {
              a: { state: 'committed', model: aModelRef({ bundleDigest: digestOf('b') }) },
              b: { state: 'empty', model: null },
            },
          }),
        }),
        new Map<string, string>(),
        'ROLLOUT_ALREADY_RUNNING',
      ],
    ])('leaves out one that %s and says why', (_name, device, busy, code) => {
      const { excluded, cohorts, findings } = plan([device], { busy });

      expect(excluded.map((entry) => entry.finding.code)).toEqual([code]);
      expect(cohorts).toEqual([]);
      expect(findings.map((finding) => finding.code)).toContain('ROLLOUT_NO_DEVICE');
    });
  });

  describe('when a device runs a newer version of the channel', () => {
    const newer = digestOf('c');
    const device = aDevice({
      reported: aReport({
        slots: {
          a: { state: 'committed', model: aModelRef({ bundleDigest: newer }) },
          b: { state: 'empty', model: null },
        },
      }),
    });

    it('leaves it out, unless two people approved the way back', () => {
      expect(plan([device], { newer: new Set([newer]) }).excluded.map(({ finding }) => finding.code)).toEqual([
        'ROLLOUT_OLDER',
      ]);
      expect(plan([device], { newer: new Set() }).excluded).toEqual([]);
    });
  });

  describe('when variants were measured on the device', () => {
    it('chooses the one with the lowest p99 there', () => {
      const measured = (_device: string, variant: string) => (variant === digestOf('3') ? 2 : 9);

      const { cohorts } = plan([aDevice()], { measured });

      expect(cohorts[0]?.devices[0]?.variantDigest).toBe(digestOf('3'));
    });
  });

  describe('when no ticket is given', () => {
    it('blocks', () => {
      const { findings } = plan(fleetOf(1), { request: aRolloutRequest({ ticket: ' ' }) });

      expect(findings.map((finding) => finding.code)).toEqual(['ROLLOUT_TICKET_MISSING']);
    });
  });

  describe('when cohorts are out of order', () => {
    it('blocks', () => {
      const cohorts = [
        { name: 'rest', share: 1, minDevices: 1 },
        { name: 'canary', share: 0.1, minDevices: 1 },
      ] as const;

      const { findings } = plan(fleetOf(1), { request: aRolloutRequest({ cohorts: [...cohorts] }) });

      expect(findings.map((finding) => finding.code)).toEqual(['ROLLOUT_COHORT_ORDER']);
    });
  });
});

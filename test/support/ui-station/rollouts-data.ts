import type { CohortView, DeviceProgress, RolloutView } from '#contracts/rollout.ts';
import { figures, modelRef } from './devices-data.ts';
import { digestOf } from './digests.ts';

const MINUTE = 60_000;

function member(
  device: string,
  state: DeviceProgress['state'],
  since: number,
  p99: number | null,
  detail = '',
): DeviceProgress {
  return {
    device,
    state,
    since,
    variantDigest: digestOf('pcb 1.1.0 int8'),
    from: modelRef('1.0.0'),
    figures: p99 === null ? null : figures(p99, 1200, 0),
    detail,
  };
}

const cohort = (
  name: string,
  state: CohortView['state'],
  devices: DeviceProgress[],
  soakEndsAt: number | null = null,
): CohortView => ({ name, state, devices, soakEndsAt, gateFindings: [] });

const GATE = { maxP99Ms: 120, maxErrorRate: 0.01, maxDoubtfulShare: 0.2, minRequests: 200, soakSeconds: 600 };

/** One rollout under way, one held by its gate. */
export function sampleRollouts(now: number): RolloutView[] {
  const shared = { repository: 'acme/pcb-defect', startedBy: 'Dana Keller', gate: GATE };
  return [
    {
      ...shared,
      id: 'ro-110',
      state: 'running',
      bundleDigest: digestOf('pcb 1.1.0'),
      version: '1.1.0',
      ticket: 'CHG-20417',
      createdAt: now - 60 * MINUTE,
      updatedAt: now - MINUTE,
      planDigest: digestOf('plan 110'),
      cohorts: [
        cohort('canary', 'passed', [member('aoi-4-01', 'confirmed', now - 44 * MINUTE, 38)]),
        cohort(
          'early',
          'soaking',
          [member('aoi-4-04', 'soaking', now - 4 * MINUTE, 41), member('aoi-5-03', 'soaking', now - 3 * MINUTE, 40)],
          now + 7 * MINUTE,
        ),
        cohort('rest', 'waiting', [
          member('aoi-4-02', 'queued', now - 60 * MINUTE, null),
          member('aoi-5-01', 'queued', now - 60 * MINUTE, null),
          member('saw-1-02', 'queued', now - 60 * MINUTE, null),
        ]),
      ],
      excluded: [
        {
          device: 'aoi-5-02',
          finding: {
            code: 'DEVICE_UNREACHABLE',
            severity: 'warn',
            at: 'aoi-5-02',
            message: 'Not heard of for longer than 15 min.',
            next: 'Check power and network, then plan again.',
          },
        },
      ],
      reason: null,
      next: { action: 'gate', at: now + 7 * MINUTE },
    },
    {
      ...shared,
      id: 'ro-120',
      state: 'held',
      bundleDigest: digestOf('pcb 1.2.0'),
      version: '1.2.0',
      ticket: 'CHG-20431',
      createdAt: now - 50 * MINUTE,
      updatedAt: now - 41 * MINUTE,
      planDigest: digestOf('plan 120'),
      cohorts: [
        {
          ...cohort('canary', 'held', [
            member('aoi-4-03', 'fell-back', now - 42 * MINUTE, 212, 'p99 212 ms above its limit of 120 ms for 30 s'),
          ]),
          gateFindings: [
            {
              code: 'GATE_DEVICE_FELL_BACK',
              severity: 'block',
              at: 'aoi-4-03',
              message: 'AOI-4-03 fell back to 1.0.0 during its trial.',
              next: 'Read the evidence on the device page, then roll back.',
            },
          ],
        },
        cohort('rest', 'waiting', [member('saw-1-01', 'queued', now - 50 * MINUTE, null)]),
      ],
      excluded: [],
      reason: 'A canary fell back; nothing more starts.',
      next: null,
    },
  ];
}

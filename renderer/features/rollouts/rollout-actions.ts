import type { AbortPreview, DeviceProgress, RolloutRequest, RolloutView } from '#contracts/rollout.ts';

export type RolloutAction = 'pause' | 'resume' | 'abort' | 'rollback';

/** Which actions a state allows; everything else is disabled with its reason. */
export function allowedActions(state: RolloutView['state']): readonly RolloutAction[] {
  switch (state) {
    case 'running':
      return ['pause', 'abort', 'rollback'];
    case 'paused':
    case 'held':
      return ['resume', 'abort', 'rollback'];
    case 'finished':
      return ['rollback'];
    case 'draft':
    case 'awaiting-approval':
    case 'scheduled':
      return ['abort'];
    case 'aborted':
    case 'rolled-back':
      return [];
  }
}

/** How many gateways confirmed the new model, of how many. */
export function confirmedCount(rollout: Pick<RolloutView, 'cohorts'>): { done: number; total: number } {
  const devices = rollout.cohorts.flatMap((cohort) => cohort.devices);
  return { done: devices.filter((device) => device.state === 'confirmed').length, total: devices.length };
}

/** Counts of a cohort by device state, in the order of the way. */
export function countStates(devices: readonly DeviceProgress[]): { state: DeviceProgress['state']; count: number }[] {
  const order: readonly DeviceProgress['state'][] = [
    'stuck',
    'fell-back',
    'idle',
    'queued',
    'staging',
    'staged',
    'verified',
    'armed',
    'swapping',
    'smoke',
    'soaking',
    'confirmed',
  ];
  return order
    .map((state) => ({ state, count: devices.filter((device) => device.state === state).length }))
    .filter(({ count }) => count > 0);
}

/** The three counts of an abort or rollback, as they are said before it. */
export function previewCounts(preview: AbortPreview): { keep: number; neverStart: number; rollBack: number } {
  return { keep: preview.keep.length, neverStart: preview.neverStart.length, rollBack: preview.rollBack.length };
}

/** At least this long: every cohort soaks once, one after the other. */
export function shortestDurationMs(cohorts: number, soakSeconds: number): number {
  return cohorts * soakSeconds * 1000;
}

/** Gateways of the plan by line, for the confirmation. */
export function countByLine(
  devices: readonly string[],
  lineOf: (device: string) => string,
): { line: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const device of devices) counts.set(lineOf(device), (counts.get(lineOf(device)) ?? 0) + 1);
  return [...counts].map(([line, count]) => ({ line, count })).sort((a, b) => a.line.localeCompare(b.line));
}

/** The name that has to be typed: the lines, or the site's name for all of it. */
export function scopeName(lines: readonly string[], siteName: string): string {
  return lines.length === 0 ? siteName : lines.join(', ');
}

export interface PlanForm {
  readonly bundleDigest: RolloutRequest['bundleDigest'];
  readonly lines: readonly string[];
  readonly ticket: string;
  readonly canaryCount: number;
  readonly earlyPercent: number;
  readonly maxP99Ms: number;
  readonly maxErrorPercent: number;
  readonly maxDoubtfulPercent: number;
  readonly minRequests: number;
  readonly soakSeconds: number;
}

/** The request behind the form: percentages become shares. */
export function requestOf(form: PlanForm): RolloutRequest {
  return {
    bundleDigest: form.bundleDigest,
    lines: [...form.lines],
    ticket: form.ticket.trim(),
    cohorts: [
      { name: 'canary', share: 0, minDevices: form.canaryCount },
      { name: 'early', share: form.earlyPercent / 100, minDevices: 1 },
      { name: 'rest', share: 1, minDevices: 1 },
    ],
    gate: {
      maxP99Ms: form.maxP99Ms,
      maxErrorRate: form.maxErrorPercent / 100,
      maxDoubtfulShare: form.maxDoubtfulPercent / 100,
      minRequests: form.minRequests,
      soakSeconds: form.soakSeconds,
    },
  };
}

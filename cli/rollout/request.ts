import type { Command } from 'commander';
import { RolloutRequest } from '#contracts/rollout.ts';
import { AppError, isDigest } from '#core/base/index.ts';
import type { StationServices } from '#station/rpc/services.ts';
import { requireBundle } from '../bundle-ref.ts';
import { numberOption } from '../number-option.ts';

/** What a person asks for, as the command line gives it. */
export interface RolloutWish {
  readonly bundle: string;
  readonly ticket?: string;
  readonly line?: readonly string[];
  readonly canaryDevices: string;
  readonly canaryShare: string;
  readonly earlyShare: string;
  readonly soakSeconds: string;
  readonly minRequests: string;
  readonly maxP99Ms?: string;
  readonly maxErrorRate?: string;
  readonly maxDoubtfulShare?: string;
  readonly planDigest?: string;
}

const FROM_CONTRACT = "the contract's objective when absent";

/** The options that say what shall be rolled out, where, in which cohorts and through which gate. */
export function withRolloutWish(command: Command): Command {
  return command
    .requiredOption('--bundle <ref>', 'accepted bundle: model:version, or its digest')
    .option('--ticket <text>', 'change ticket; nothing starts without one')
    .option('--line <name...>', 'lines to change; the whole site when absent')
    .option('--canary-devices <n>', 'devices in the first cohort, at least', '1')
    .option('--canary-share <share>', 'share of the devices in the first cohort, 0 to 1', '0')
    .option('--early-share <share>', 'share of the devices in the second cohort, 0 to 1', '0.3')
    .option('--soak-seconds <n>', 'how long a device is watched on the new version', '600')
    .option('--min-requests <n>', 'requests that a device must have served to be judged', '100')
    .option('--max-p99-ms <n>', `gate: largest p99 latency; ${FROM_CONTRACT}`)
    .option('--max-error-rate <share>', `gate: largest share of failed requests; ${FROM_CONTRACT}`)
    .option('--max-doubtful-share <share>', `gate: largest share of doubtful answers; ${FROM_CONTRACT}`);
}

/** The request that a wish means on this site. */
export async function requestOf(
  wish: RolloutWish,
  services: Pick<StationServices, 'bundles' | 'fleet'>,
): Promise<RolloutRequest> {
  const { digest } = requireBundle(services.bundles, wish.bundle);
  const { objectives } = await services.bundles.contractOf(digest);
  const share = (option: string, text: string | undefined, absent: number): number =>
    text === undefined ? absent : numberOption(option, text, { least: 0, most: 1 });
  return RolloutRequest.parse({
    bundleDigest: digest,
    lines: knownLines(wish.line ?? [], services),
    ticket: (wish.ticket ?? '').trim(),
    cohorts: [
      {
        name: 'canary',
        share: share('--canary-share', wish.canaryShare, 0),
        minDevices: numberOption('--canary-devices', wish.canaryDevices, { least: 1, most: 10_000, isWhole: true }),
      },
      { name: 'early', share: share('--early-share', wish.earlyShare, 0), minDevices: 1 },
      { name: 'rest', share: 1, minDevices: 1 },
    ],
    gate: {
      maxP99Ms:
        wish.maxP99Ms === undefined
          ? objectives.p99Ms
          : numberOption('--max-p99-ms', wish.maxP99Ms, { least: 0.001, most: 3_600_000 }),
      maxErrorRate: share('--max-error-rate', wish.maxErrorRate, objectives.errorRate),
      maxDoubtfulShare: share('--max-doubtful-share', wish.maxDoubtfulShare, objectives.doubtfulShare),
      minRequests: numberOption('--min-requests', wish.minRequests, { least: 0, most: 1e9, isWhole: true }),
      soakSeconds: numberOption('--soak-seconds', wish.soakSeconds, { least: 0.1, most: 604_800 }),
    },
    ...(wish.planDigest === undefined ? {} : { planDigest: digestOption(wish.planDigest) }),
  });
}

/** A misspelt line would leave its devices out without a word. */
function knownLines(wanted: readonly string[], { fleet }: Pick<StationServices, 'fleet'>): string[] {
  const known = new Set(fleet.list().map((device) => device.line));
  const unknown = wanted.filter((line) => !known.has(line));
  if (unknown.length > 0)
    throw new AppError(
      'NOT_FOUND',
      `no device belongs to ${unknown.join(', ')}; the site has ${[...known].sort().join(', ') || 'no device yet'}`,
      { unknown },
    );
  return [...new Set(wanted)].sort();
}

function digestOption(text: string): string {
  if (!isDigest(text))
    throw new AppError('USAGE_INVALID', `--plan-digest must be sha256:…, it is ${text}`, { planDigest: text });
  return text;
}

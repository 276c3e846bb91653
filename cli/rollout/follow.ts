import type { AuditRecord } from '#contracts/audit.ts';
import type { RolloutView } from '#contracts/rollout.ts';
import { toIsoUtc } from '#core/base/index.ts';
import type { StationServices } from '#station/rpc/services.ts';
import { numberOption } from '../number-option.ts';
import type { CliIo } from '../output/index.ts';
import { printable } from '../output/print-findings.ts';

/** Why the command stopped looking: nothing moves any more, its time was over, a person stopped it, or it was told not to. */
export type Followed = 'settled' | 'time-limit' | 'stopped' | 'not-followed';

export interface FollowOptions {
  readonly follow: boolean;
  readonly followSeconds?: string;
  readonly json?: true;
}

type Services = Pick<StationServices, 'rollouts' | 'audit'>;

const POLL_MS = 200;
const RECORDS_A_PAGE = 500;
const MOVING: readonly string[] = ['swapping', 'smoke', 'soaking'];

/** Prints every transition as it is recorded, until the rollout moves no device any more. This process is the station meanwhile. */
export async function followRollout(
  services: Services,
  rolloutId: string,
  { options, io, afterSeq = 0 }: { options: FollowOptions; io: CliIo; afterSeq?: number },
): Promise<{ view: RolloutView; followed: Followed }> {
  const limitMs =
    options.followSeconds === undefined
      ? Number.POSITIVE_INFINITY
      : 1000 * numberOption('--follow-seconds', options.followSeconds, { least: 1, most: 31_536_000 });
  // Standard output belongs to the one JSON document when that was asked for.
  const say = options.json === true ? io.err : io.out;
  const startedAt = io.clock.monotonicMs();
  const stop = stopSignal();
  let told = afterSeq;
  let quietPolls = 0;
  try {
    for (;;) {
      for (const record of newRecords(services, rolloutId, told)) {
        say(transitionLine(record));
        told = record.seq;
      }
      const view = services.rollouts.get(rolloutId);
      if (!options.follow) return { view, followed: 'not-followed' };
      // Seen twice: a step and the one that follows from it are two transactions.
      quietPolls = isQuiet(view) ? quietPolls + 1 : 0;
      if (quietPolls > 1) return { view, followed: 'settled' };
      if (stop.signal.aborted) return { view, followed: 'stopped' };
      if (io.clock.monotonicMs() - startedAt > limitMs) return { view, followed: 'time-limit' };
      await io.clock.sleep(POLL_MS);
    }
  } finally {
    stop.forget();
  }
}

/** Sequence of the newest record, so that only later transitions are told. */
export function newestSeq(services: Pick<StationServices, 'audit'>): number {
  return services.audit.list({ limit: 1 })[0]?.seq ?? 0;
}

function isQuiet(view: RolloutView): boolean {
  if (view.state === 'running') return false;
  return !view.cohorts.some((cohort) => cohort.devices.some((device) => MOVING.includes(device.state)));
}

function newRecords(services: Services, rolloutId: string, afterSeq: number): AuditRecord[] {
  const found: AuditRecord[] = [];
  let beforeSeq = Number.MAX_SAFE_INTEGER;
  for (;;) {
    const page = services.audit.list({ beforeSeq, limit: RECORDS_A_PAGE, stream: 'rollout', subject: rolloutId });
    const fresh = page.filter((record) => record.seq > afterSeq);
    found.push(...fresh);
    const oldest = page.at(-1);
    if (oldest === undefined || page.length < RECORDS_A_PAGE || fresh.length < page.length)
      return found.sort((a, b) => a.seq - b.seq);
    beforeSeq = oldest.seq;
  }
}

function transitionLine({ at, type, payload }: AuditRecord): string {
  const { device, detail } = payload;
  const rest = [device, detail]
    .filter((text): text is string => typeof text === 'string' && text !== '')
    .map(printable);
  return [toIsoUtc(at), type.replace(/^rollout\./, '').padEnd(18), ...rest].join('  ');
}

/** Ctrl-C ends the watching in order: the rollout is recorded and goes on when a station runs next. */
function stopSignal(): { signal: AbortSignal; forget: () => void } {
  const stop = new AbortController();
  const onSignal = (): void => {
    stop.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    signal: stop.signal,
    forget: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}

import type { SiteOverview } from '#contracts/site.ts';
import type { ClockState } from '#core/trusted-time/index.ts';
import { toIsoUtc } from '#core/base/index.ts';
import type { TrustService } from './service.ts';

type Alarm = SiteOverview['alarms'][number];

const DAY_MS = 86_400_000;
/** Time enough for a stick to be fetched. */
const EXPIRY_NOTICE_MS = 14 * DAY_MS;

const CLOCK_TEXTS: Readonly<Partial<Record<ClockState, string>>> = {
  behind: 'The clock is before a signed time that has passed',
  'far-ahead': 'The clock is more than 400 days after the newest signed time',
};

/** What is abnormal about the clock, the stores of floors, and the trust repository. */
export function trustAlarms(trust: Pick<TrustService, 'clock' | 'storesAlarm' | 'repository'>): Alarm[] {
  const clock = trust.clock();
  const about = { about: 'trust', subject: 'trust', at: clock.clock } as const;
  const alarms: Alarm[] = [];
  const text = CLOCK_TEXTS[clock.state];
  if (text !== undefined)
    alarms.push({ ...about, priority: 'high', text: `${text} (${toIsoUtc(clock.floor?.at ?? 0)}): check the clock` });
  const stores = trust.storesAlarm();
  if (stores !== null)
    alarms.push({
      ...about,
      at: stores.at,
      priority: 'high',
      text: `The records of what was accepted differ (${stores.state}): the database may be a restored copy`,
    });
  const expires = trust.repository()?.updated?.expires.timestamp;
  const now = Math.max(clock.clock, clock.floor?.at ?? 0);
  if (expires !== undefined && expires < now + EXPIRY_NOTICE_MS)
    alarms.push({
      ...about,
      priority: expires < now ? 'middle' : 'low',
      text: `The trust repository ${expires < now ? 'expired' : 'expires'} on ${toIsoUtc(expires)}: bring a newer medium`,
    });
  return alarms;
}

/** S17, D6: the clock of the machine is wrong, or jumps while an import runs. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { composeStation } from '#electron/station-host/compose.ts';
import { IS_FULL, recordFaults } from './fault-results.ts';
import { makeFaultSite, type FaultSite } from './fault-site.ts';
import { describeWith } from './needs.ts';
import { PROGRAM_ENV } from './program-env.ts';
import { recover } from './recovery.ts';

const PROGRAM = fileURLToPath(new URL('./clock-program.ts', import.meta.url));
const LIBRARY = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';
const DAY_MS = 86_400_000;

const Told = z.object({
  state: z.string(),
  code: z.string().nullable(),
  isClockPlausible: z.boolean().nullable(),
  clock: z.string(),
  alarms: z.number(),
  floorBefore: z.number().nullable(),
  floorAfter: z.number().nullable(),
  isRecordIntact: z.boolean(),
  year: z.number(),
});

interface Wrong {
  readonly name: string;
  readonly at: (now: number) => number;
  readonly state: 'plausible' | 'behind' | 'far-ahead';
}

const year = (value: number) => (): number => Date.parse(`${String(value)}-06-01T00:00:00Z`);
const CLOCKS: readonly Wrong[] = [
  { name: '2001', at: year(2001), state: 'behind' },
  { name: '2031', at: year(2031), state: 'far-ahead' },
  { name: '2 days back', at: (now) => now - 2 * DAY_MS, state: 'behind' },
  { name: '1 year forward', at: (now) => now + 365 * DAY_MS, state: 'plausible' },
  { name: '1970', at: year(1970), state: 'behind' },
  { name: '2099', at: year(2099), state: 'far-ahead' },
  { name: 'right', at: (now) => now, state: 'plausible' },
];
const MOMENTS = ['start', 'copying', 'verifying', 'awaiting-decision'] as const;
/** The bundle is of February 2026: without a limit it is accepted under any clock, with one it is too old under any clock. */
const LIMITS = [null, 30] as const;

interface Case {
  readonly wrong: Wrong;
  readonly moment: (typeof MOMENTS)[number];
  readonly limitDays: (typeof LIMITS)[number];
}

const ALL: readonly Case[] = CLOCKS.flatMap((wrong) =>
  MOMENTS.flatMap((moment) => LIMITS.map((limitDays) => ({ wrong, moment, limitDays }))),
);
/** In the sample: set back while it runs, and an old bundle that a clock set back would make young. */
const SAMPLE = ALL.filter(
  ({ wrong, moment, limitDays }) =>
    wrong.name === '2001' && (moment === 'copying' ? limitDays === null : limitDays === 30 && moment === 'start'),
);

const library = { file: LIBRARY, what: 'libfaketime' };

describeWith('an import under a clock that is wrong or jumps', [library], () => {
  let site: FaultSite;
  beforeAll(async () => {
    site = await makeFaultSite({ hasAccepted: true });
  });
  afterAll(() => site.remove());

  it('gives the same verdict, says what is wrong with the clock, keeps the record, and locks nobody out', async () => {
    const failures: string[] = [];
    const cases = IS_FULL ? ALL : SAMPLE;
    for (const [index, one] of cases.entries()) {
      const name = `clock ${one.wrong.name} from ${one.moment}, limit ${String(one.limitDays)}`;
      failures.push(...(await breachesOf(site, one)).map((breach) => `${name}: ${breach}`));
      const result = {
        target: 'S17, D6',
        what: `import under a clock of ${CLOCKS.map((clock) => clock.name).join(', ')}, wrong from the start or jumping while it runs`,
        count: index + 1,
        asked: ALL.length,
        failures: failures.length,
        seed: null,
        detail: `jump at: ${MOMENTS.join(', ')}; with and without an age limit; verdict, clock fact, alarm, floor, audit chain and a later start with the right clock checked`,
      };
      recordFaults('clock-jumps', result, failures);
    }
    expect(failures).toEqual([]);
  }, 1_800_000);
});

async function breachesOf(site: FaultSite, one: Case): Promise<string[]> {
  const siteDir = join(site.work, 'round');
  await rm(siteDir, { recursive: true, force: true });
  await site.copyTo(siteDir);
  if (one.limitDays !== null) await limitAge(siteDir, one.limitDays);
  const told = await importUnderClock(site, siteDir, one);
  const breaches = differences(told, one);
  // The clock was set right: the site starts, its record holds, and the import can be finished.
  if (one.limitDays !== null) await limitAge(siteDir, null);
  const recovery = await recover(site, siteDir, []);
  return [...breaches, ...recovery.breaches];
}

async function limitAge(siteDir: string, maxAgeDays: number | null): Promise<void> {
  const station = await composeStation({ siteDir, devices: 'closed' });
  const { production } = station.services.trust.policy().channels;
  station.services.trust.setChannelPolicy(
    { channel: 'production', policy: { ...production, maxAgeDays } },
    station.person,
  );
  await station.close();
}

async function importUnderClock(site: FaultSite, siteDir: string, { wrong, moment }: Case) {
  const timeFile = join(site.work, 'time');
  const now = Date.now();
  const jumpTo = fakeTime(wrong.at(now));
  writeFileSync(timeFile, moment === 'start' ? jumpTo : fakeTime(now));
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, siteDir, site.stick, moment, jumpTo], {
    env: {
      ...PROGRAM_ENV,
      TZ: 'UTC',
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: timeFile,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      FAKETIME_DONT_RESET: '1',
    },
    timeout: 120_000,
  });
  return Told.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
}

/** The clock goes on from there. */
function fakeTime(at: number): string {
  return `@${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}`;
}

function differences(told: z.infer<typeof Told>, { wrong, moment, limitDays }: Case): string[] {
  const isRefused = limitDays !== null;
  const isAlarming = wrong.state !== 'plausible';
  const hasJumped = !(isRefused && moment === 'awaiting-decision');
  const before = told.floorBefore ?? 0;
  const checks: readonly (readonly [string, unknown, unknown])[] = [
    ['the state', told.state, isRefused ? 'refused' : 'accepted'],
    ['the code', told.code, isRefused ? 'BUNDLE_TOO_OLD' : null],
    ['the clock', told.clock, hasJumped ? wrong.state : 'plausible'],
    ['alarms', told.alarms, hasJumped && isAlarming ? 1 : 0],
    // The verdict was given before the last jump.
    ['the clock in the verdict', told.isClockPlausible, moment === 'awaiting-decision' || !isAlarming],
    ['the record', told.isRecordIntact, true],
    ['the floor', before > 0 && told.floorAfter !== null && told.floorAfter >= before, true],
    ['the floor, raised by a wrong clock', (told.floorAfter ?? 0) < Date.now() + DAY_MS, true],
  ];
  return checks.flatMap(([what, found, want]) =>
    found === want
      ? []
      : [`${what}: expected ${String(want)}, found ${String(found)} (the program was in ${String(told.year)})`],
  );
}

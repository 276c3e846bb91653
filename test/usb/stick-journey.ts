import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { REPOSITORY_ROOT } from '#scripts/source-graph/read-sources.ts';
import type { Guest, GuestAnswer } from './guest.ts';

/** File systems of sticks, and what makes one with a label. */
const MAKERS = {
  vfat: (image: string) => ['mkfs.vfat', '-F', '32', '-n', 'PLANT', image],
  exfat: (image: string) => ['mkfs.exfat', '-L', 'PLANT', image],
} as const;

export type StickFileSystem = keyof typeof MAKERS;
export const FILE_SYSTEMS: readonly StickFileSystem[] = ['vfat', 'exfat'];

/** What happened to one stick. */
export interface StickReport {
  readonly fileSystem: StickFileSystem;
  readonly yanks: number;
  /** Pulls that ended in MEDIA_GONE with exit code 4. */
  readonly named: number;
  /** From the pull to the end of the command, in the (emulated) guest; the longest. */
  readonly slowestMs: number;
  readonly failures: readonly string[];
}

export interface Journey {
  /** Folder of the host with `signed/layout` and `site`. */
  readonly dir: string;
  readonly fileSystem: StickFileSystem;
  readonly yanks: number;
  readonly seed: number;
}

const STICK_BYTES = '400M';
const STICK = '/tmp/stick';
/** Where the guest sees the host's files, also those under its own temp folder. */
const HOST = '/mnt';
const CHECKOUT = `${HOST}${REPOSITORY_ROOT}`;
const NODE = join(CHECKOUT, 'node_modules', '.bin', 'node');
const GANTRY = `${NODE} ${join(CHECKOUT, 'cli', 'bin.mjs')}`;
const IMPORT_LIMIT_MS = 240_000;
const POLL_MS = 100;

const Outcome = z.object({
  state: z.string().optional(),
  copiedBytes: z.number().optional(),
  error: z.object({ code: z.string() }).nullish(),
  code: z.string().optional(),
});

/** Writes a media set to a fresh stick, imports it while the stick is pulled again and again, and checks what is left. */
export async function carryOnStick(guest: Guest, journey: Journey): Promise<StickReport> {
  const { dir, fileSystem } = journey;
  const failures: string[] = [];
  const check = (isRight: boolean, what: string): void => {
    console.log(`${isRight ? 'ok  ' : 'FAIL'} ${fileSystem}: ${what}`);
    if (!isRight) failures.push(`${fileSystem}: ${what}`);
  };
  const image = join(dir, `${fileSystem}.img`);
  hostRun(['truncate', '-s', STICK_BYTES, image]);
  hostRun(MAKERS[fileSystem](image));
  const serial = `GANTRY${fileSystem.toUpperCase()}`;
  await must(guest, `rm -rf /tmp/site ${STICK}; mkdir -p ${STICK}; cp -r ${HOST}${join(dir, 'site')} /tmp/site`);
  await must(
    guest,
    `${NODE} ${join(CHECKOUT, 'test', 'usb', 'list-volumes.ts')} > /tmp/volumes 2>&1 & echo $! > /tmp/lister`,
  );

  await plugAndMount(guest, image, serial);
  await waitFor(guest, `grep -q ${serial} /tmp/volumes`);
  const listed = await guest.run('tail -n 1 /tmp/volumes');
  check(
    listed.output.includes('"label":"PLANT"') && listed.output.includes(`"serial":"${serial}"`),
    `the stick is listed with label and serial: ${listed.output.trim()}`,
  );
  const written = await guest.run(
    `${GANTRY} media write --from ${HOST}${join(dir, 'signed', 'layout')} --to ${STICK} --json`,
    IMPORT_LIMIT_MS,
  );
  check(
    written.code === 0,
    `the media set is written (exit ${String(written.code)}) ${written.code === 0 ? '' : written.output.slice(-600)}`,
  );
  const before = await must(guest, sumsOf(STICK));
  await guest.yank(serial);
  await must(guest, `umount -l ${STICK}`);
  await plugAndMount(guest, image, serial);
  const after = await must(guest, sumsOf(STICK));
  check(after === before, `all of it is there when the stick is pulled at once${after === before ? '' : `: ${after}`}`);

  let named = 0;
  let slowestMs = 0;
  let copied = 0;
  const random = sequence(journey.seed);
  for (let pull = 1; pull <= journey.yanks; pull += 1) {
    const pulled = await importAndYank(guest, { image, serial, afterMs: Math.round(random() * 4_000) });
    if (pulled.answer.code === 0) {
      check(false, `pull ${String(pull)} came too late: the import had ended`);
      break;
    }
    const isNamed = pulled.answer.code === 4 && codeOf(pulled.outcome) === 'MEDIA_GONE';
    if (isNamed) named += 1;
    else check(false, `pull ${String(pull)}: exit ${String(pulled.answer.code)}, ${JSON.stringify(pulled.outcome)}`);
    check(
      (pulled.outcome?.copiedBytes ?? copied) >= copied,
      `pull ${String(pull)}: progress does not run backwards (${String(copied)} -> ${String(pulled.outcome?.copiedBytes)})`,
    );
    copied = Math.max(copied, pulled.outcome?.copiedBytes ?? 0);
    slowestMs = Math.max(slowestMs, pulled.waitedMs);
  }
  check(named === journey.yanks, `${String(named)} of ${String(journey.yanks)} pulls are named MEDIA_GONE with exit 4`);
  const last = await guest.run(importCommand(), IMPORT_LIMIT_MS);
  check(
    last.code === 0 && outcomeOf(last)?.state === 'accepted',
    `the import ends accepted (exit ${String(last.code)}) ${last.code === 0 ? '' : last.output.slice(-600)}`,
  );
  check((await must(guest, sumsOf(STICK))) === before, 'nothing on the stick has changed');
  const stored = await must(
    guest,
    `cd /tmp/site/store/blobs/sha256 && for f in */*; do [ "$(sha256sum < $f | cut -c1-64)" = "\${f#*/}" ] || echo "$f"; done`,
  );
  check(stored === '', `every stored blob has its digest ${stored}`);
  const leftover = await must(guest, 'ls /tmp/site/store/partial 2>/dev/null | head');
  check(leftover === '', `no partial content is left ${leftover}`);
  await must(guest, `umount ${STICK}; kill $(cat /tmp/lister); true`);
  await guest.yank(serial);
  return { fileSystem, yanks: journey.yanks, named, slowestMs, failures };
}

function importCommand(): string {
  return `${GANTRY} import ${STICK} --site /tmp/site --accept --reason usb --json 2>/tmp/import.err`;
}

interface Pull {
  readonly answer: GuestAnswer;
  readonly outcome: z.infer<typeof Outcome> | null;
  readonly waitedMs: number;
}

/** Starts an import, pulls the stick a while after content began to arrive, plugs it in again. */
async function importAndYank(guest: Guest, stick: { image: string; serial: string; afterMs: number }): Promise<Pull> {
  // What the guest still remembers of the stick would be imported without it.
  await must(guest, 'sync; echo 3 > /proc/sys/vm/drop_caches');
  await must(
    guest,
    `rm -f /tmp/import.*; (${importCommand().replace('2>', '--progress=json 2>')} > /tmp/import.out; echo $? > /tmp/import.code) > /dev/null 2>&1 &`,
  );
  await waitFor(guest, 'grep -q done /tmp/import.err || [ -e /tmp/import.code ]');
  await pause(stick.afterMs);
  const startedAt = performance.now();
  await guest.yank(stick.serial);
  await waitFor(guest, '[ -e /tmp/import.code ]');
  const waitedMs = Math.round(performance.now() - startedAt);
  const code = Number((await must(guest, 'cat /tmp/import.code')).trim());
  const output = await must(guest, 'cat /tmp/import.out /tmp/import.err | tail -c 4000');
  const answer = { code, output };
  const outcome = outcomeOf({ code, output: await must(guest, 'cat /tmp/import.out') });
  await must(guest, `umount -l ${STICK}`);
  await plugAndMount(guest, stick.image, stick.serial);
  return { answer, outcome, waitedMs };
}

/** The stick gets another device name each time, as on a real machine. */
async function plugAndMount(guest: Guest, image: string, serial: string): Promise<void> {
  await guest.plug(image, serial);
  await waitFor(guest, `lsblk -rno SERIAL | grep -q ${serial}`);
  await must(guest, `mount /dev/$(lsblk -rno NAME,SERIAL | grep ${serial} | cut -d' ' -f1) ${STICK}`);
}

async function waitFor(guest: Guest, condition: string): Promise<void> {
  const until = performance.now() + IMPORT_LIMIT_MS;
  while ((await guest.run(condition)).code !== 0) {
    if (performance.now() > until) throw new Error(`never true in the guest: ${condition}`);
    await pause(POLL_MS);
  }
}

async function must(guest: Guest, command: string): Promise<string> {
  const { code, output } = await guest.run(command);
  if (code !== 0) throw new Error(`in the guest: ${command} ended with ${String(code)}: ${output}`);
  return output.trim();
}

function sumsOf(folder: string): string {
  return `cd ${folder} && find . -type f | sort | xargs sha256sum`;
}

function outcomeOf({ output }: GuestAnswer): z.infer<typeof Outcome> | null {
  try {
    return Outcome.parse(JSON.parse(output));
  } catch {
    return null; // a command that ended early printed something else, and its exit code tells
  }
}

function codeOf(outcome: z.infer<typeof Outcome> | null): string | undefined {
  return outcome?.error?.code ?? outcome?.code;
}

function hostRun([command = '', ...args]: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(status)}: ${stderr}`);
}

/** Numbers in [0, 1) that a seed repeats (Park and Miller's minimal standard). */
function sequence(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

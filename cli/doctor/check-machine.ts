import { mkdtemp, readdir, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GIB, MIB, toIsoUtc, type Clock } from '#core/base/index.ts';
import { removableVolumes } from '#native/media/index.ts';
import type { Check } from './check.ts';
import { runTool } from './run-tool.ts';

/** A file of the program: a clock that stands before it was installed is wrong. */
const OWN_FILE = fileURLToPath(new URL('../../package.json', import.meta.url));

/** Certificates of the site are given for years; a clock beyond this is no clock. */
const LATEST_YEAR = 2100;

/** File systems keep times to two seconds at worst (FAT). */
const CLOCK_TOLERANCE_MS = 3_000;

const DISK = { little: 5 * GIB, tooLittle: 200 * MIB } as const;

/** What the machine itself brings: media, serial ports, clock, disk. */
export function machineChecks(folder: string, clock: Clock): Promise<Check>[] {
  return [mediaCheck(process.platform), serialCheck(process.platform), clockCheck(clock), diskCheck(folder)];
}

async function mediaCheck(platform: NodeJS.Platform): Promise<Check> {
  const about = { id: 'removable-media', usedFor: 'sticks that appear by themselves' };
  const next = 'Name the folder of the stick yourself; that always works.';
  if (platform === 'linux') {
    const lsblk = await runTool('lsblk', ['--version']);
    if (!lsblk.ran) return { ...about, state: 'limited', found: `lsblk: ${lsblk.why}`, next };
  }
  const sources = removableVolumes(platform);
  if (sources.length === 0) return { ...about, state: 'limited', found: `no way to list them on ${platform}`, next };
  try {
    const volumes = (await Promise.all(sources.map((source) => source.list()))).flat();
    const found = volumes.map(({ label, mountPath }) => `${label} at ${mountPath}`).join(', ');
    return { ...about, state: 'good', found: found === '' ? 'can be listed; none is mounted' : found };
  } catch (error) {
    // Whatever keeps the list from being made is this check's finding.
    return {
      ...about,
      state: 'limited',
      found: `cannot be listed: ${error instanceof Error ? error.message : String(error)}`,
      next,
    };
  }
}

async function serialCheck(platform: NodeJS.Platform): Promise<Check> {
  const about = { id: 'serial-ports', usedFor: 'devices on serial lines' };
  if (platform === 'win32') return { ...about, state: 'limited', found: 'not looked for on Windows' };
  const ports =
    platform === 'linux'
      ? await linuxPorts()
      : (await namesIn('/dev')).filter((name) => /^cu\./.test(name)).map((name) => `/dev/${name}`);
  if (ports.length === 0)
    return { ...about, state: 'limited', found: 'none', next: 'Nothing, unless a serial line should be here.' };
  return { ...about, state: 'good', found: ports.sort().join(', ') };
}

/** The kernel lists many ports that no hardware stands behind: those have type 0 (PORT_UNKNOWN). */
async function linuxPorts(): Promise<string[]> {
  const names = (await namesIn('/sys/class/tty')).filter((name) => /^tty(?:S|USB|ACM|AMA|mxc|PS)\d+$/.test(name));
  const real = await Promise.all(
    names.map(async (name) => {
      const type = await readFile(`/sys/class/tty/${name}/type`, 'utf8').catch(() => null); // only UARTs have the file
      return type === null || type.trim() !== '0';
    }),
  );
  return names.filter((_, at) => real[at] === true).map((name) => `/dev/${name}`);
}

async function namesIn(dir: string): Promise<string[]> {
  return readdir(dir).catch(() => []); // a system without this folder has none of them
}

async function clockCheck(clock: Clock): Promise<Check> {
  const about = { id: 'clock', usedFor: 'certificates, ages in verdicts, the order of records' };
  const now = clock.now();
  const installedAt = (await stat(OWN_FILE)).mtimeMs;
  const skewMs = await fileTimeSkew(clock);
  const found = `${toIsoUtc(now)}, ${(skewMs / 1000).toFixed(1)} s from file times`;
  const next = 'Set the clock of this machine, then look again.';
  if (now < installedAt - CLOCK_TOLERANCE_MS)
    return {
      ...about,
      state: 'bad',
      found: `${found}; this is before Gantry was installed (${toIsoUtc(installedAt)})`,
      next,
    };
  if (new Date(now).getUTCFullYear() >= LATEST_YEAR)
    return { ...about, state: 'bad', found: `${found}; no clock shows this year`, next };
  if (Math.abs(skewMs) > CLOCK_TOLERANCE_MS)
    return {
      ...about,
      state: 'bad',
      found,
      next: 'The file system keeps another time than the machine: look at its server.',
    };
  return { ...about, state: 'good', found };
}

async function fileTimeSkew(clock: Clock): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'gantry-doctor-'));
  try {
    const path = join(dir, 'now');
    await writeFile(path, '');
    return clock.now() - (await stat(path)).mtimeMs;
  } finally {
    await rm(dir, { recursive: true });
  }
}

async function diskCheck(folder: string): Promise<Check> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const state = free < DISK.tooLittle ? 'bad' : free < DISK.little ? 'limited' : 'good';
  return {
    id: 'disk',
    state,
    found: `${(free / GIB).toFixed(1)} GiB free at ${folder}`,
    usedFor: 'the store of a site; an import needs the size of its bundle',
    ...(state === 'good' ? {} : { next: 'Free some room before the next import.' }),
  };
}

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findBrowser } from '../../cli/app-window.ts';

/** A program of the machine that some tests use, and the Debian package that brings it. */
export interface Prerequisite {
  readonly name: string;
  readonly debianPackage: string;
  readonly neededFor: string;
  readonly isPresent: () => boolean;
}

const onPath = (name: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));

/** What `npm test` uses besides npm packages. Without one, the tests that need it are skipped and say so. */
const PREREQUISITES: readonly Prerequisite[] = [
  {
    name: 'Chromium',
    debianPackage: 'chromium',
    neededFor: 'the journeys in test/e2e',
    isPresent: () => findBrowser(process.env) !== undefined,
  },
  {
    name: 'openssl',
    debianPackage: 'openssl',
    neededFor: 'the independent check of the site CA',
    isPresent: () => onPath('openssl'),
  },
  {
    name: 'skopeo',
    debianPackage: 'skopeo',
    neededFor: 'the independent client of the mirror',
    isPresent: () => onPath('skopeo'),
  },
  {
    name: 'age',
    debianPackage: 'age',
    neededFor: 'the independent reader of encrypted exports',
    isPresent: () => onPath('age'),
  },
  {
    name: 'SoftHSM',
    debianPackage: 'softhsm2',
    neededFor: 'the proof of PKCS#11 keys',
    isPresent: () => onPath('softhsm2-util'),
  },
  {
    name: 'strace',
    debianPackage: 'strace',
    neededFor: 'the fault suites and the no-network proof',
    isPresent: () => onPath('strace'),
  },
  {
    name: 'exfat-fuse',
    debianPackage: 'exfat-fuse',
    neededFor: 'sticks that are pulled',
    isPresent: () => onPath('mount.exfat-fuse'),
  },
  {
    name: 'exfatprogs',
    debianPackage: 'exfatprogs',
    neededFor: 'sticks that are pulled',
    isPresent: () => onPath('mkfs.exfat'),
  },
];

/** What to do about missing programs: install them where that is ours to do, else say what is missing. */
export function planPrerequisites(
  missing: readonly Prerequisite[],
  machine: { isRoot: boolean; hasApt: boolean },
): { install: readonly string[]; lines: readonly string[] } {
  if (missing.length === 0) return { install: [], lines: [] };
  const packages = missing.map(({ debianPackage }) => debianPackage);
  if (machine.isRoot && machine.hasApt)
    return { install: packages, lines: [`Installing ${packages.join(', ')} with apt ...`] };
  return {
    install: [],
    lines: missing.map(
      ({ name, debianPackage, neededFor }) =>
        `${name} is not on this machine: ${neededFor} will be skipped. On Debian: apt-get install ${debianPackage}`,
    ),
  };
}

const APT_LIMIT_MS = 10 * 60_000;
const APT_OPTIONS = [
  '-qq',
  '-o',
  'Acquire::Retries=1',
  '-o',
  'Acquire::http::Timeout=20',
  '-o',
  'DPkg::Lock::Timeout=60',
];

/** Looks for what the tests use and installs what is missing, if this machine allows it. Never stops the run. */
export function ensurePrerequisites(say: (line: string) => void): void {
  const missing = PREREQUISITES.filter((prerequisite) => !prerequisite.isPresent());
  const { install, lines } = planPrerequisites(missing, {
    isRoot: process.getuid?.() === 0,
    hasApt: onPath('apt-get'),
  });
  for (const line of lines) say(line);
  if (install.length === 0) return;
  const apt = (...args: string[]): boolean =>
    spawnSync('apt-get', [...APT_OPTIONS, ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: APT_LIMIT_MS,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0;
  const isDone = apt('update') && apt('install', '-y', '--no-install-recommends', ...install);
  if (!isDone) say(`apt could not install ${install.join(', ')} (no network?); the tests that need them are skipped.`);
}

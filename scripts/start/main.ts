import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { hasScreen } from '../../cli/app-window.ts';
import { buildPrograms } from '../build/build-programs.ts';
import { BUILD_PROGRAMS } from '../build/programs.ts';
import { REPOSITORY_ROOT } from '../source-graph/read-sources.ts';
import { decideShell } from './decide-shell.ts';
import { findElectron } from '../../cli/electron-binary.ts';
import { fetchElectron, lastFetchFailure, rememberFetchFailure, STALL_LIMIT_MS } from './fetch-electron.ts';
import { defaultSiteFolder } from './site-folder.ts';

// `npm start`: builds what is stale, then opens the station in the best shell that this machine has.

const say = (line: string): void => {
  console.log(line);
};
const siteDir = defaultSiteFolder(process.platform, process.env, homedir());

async function findOrFetchElectron(): Promise<string | null> {
  const binary = findElectron(REPOSITORY_ROOT, process.env, process.platform);
  const decision = decideShell({
    hasElectron: binary !== null,
    hasScreen: hasScreen(process.env, process.platform),
    // A mirror that was named since is a new chance.
    fetchFailedAt: process.env['ELECTRON_MIRROR'] === undefined ? await lastFetchFailure(REPOSITORY_ROOT) : null,
    now: Date.now(),
  });
  switch (decision.shell) {
    case 'electron':
      return binary;
    case 'browser':
      say(`Showing the station in a browser: ${decision.because}.`);
      return null;
    case 'fetch-electron':
      return fetchOnce();
  }
}

async function fetchOnce(): Promise<string | null> {
  say(`Fetching the Electron window (gives up after ${String(STALL_LIMIT_MS / 1000)} s without a byte) ...`);
  if (await fetchElectron(REPOSITORY_ROOT)) return findElectron(REPOSITORY_ROOT, process.env, process.platform);
  await rememberFetchFailure(REPOSITORY_ROOT, Date.now());
  say(
    'Electron could not be fetched; the next attempt is in a day. With ELECTRON_MIRROR or ELECTRON_OVERRIDE_DIST_PATH it need not come from the internet.',
  );
  say('Showing the station in a browser instead.');
  return null;
}

/** Runs the station in the foreground; its end is our end. */
function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(command, args, { cwd: REPOSITORY_ROOT, stdio: 'inherit', env });
  process.on('SIGINT', () => {
    /* the terminal tells the child too; we wait for its orderly end */
  });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(`could not start ${command}: ${error.message}`);
      resolve(1);
    });
    child.once('exit', (code) => {
      resolve(code ?? 0);
    });
  });
}

async function start(): Promise<number> {
  const electron = await findOrFetchElectron();
  const needed = BUILD_PROGRAMS.filter(({ name }) => name === 'renderer' || (name === 'electron' && electron !== null));
  await buildPrograms(REPOSITORY_ROOT, needed, { onlyStale: true, say });
  say(`Site folder: ${siteDir}`);
  if (electron === null)
    return run(
      process.execPath,
      [join('cli', 'bin.mjs'), 'serve', '--site', siteDir, '--create', '--open', ...process.argv.slice(2)],
      process.env,
    );
  // Electron's sandbox refuses to run as root; a person at a desk is not root, a test machine may be.
  const rootArgs = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return run(electron, [...rootArgs, REPOSITORY_ROOT], { ...process.env, GANTRY_SITE: siteDir });
}

process.exitCode = await start();

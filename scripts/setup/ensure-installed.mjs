import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { explainInstallFailure, installState } from './install-state.mjs';

// Plain JavaScript for Node 18 and up: runs before anything is installed.

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** A cold install takes two minutes on a slow line; after fifteen it will not come. */
const INSTALL_LIMIT_MS = 15 * 60_000;
const STILL_BUSY_EVERY_MS = 30_000;

/**
 * Runs `npm ci` when node_modules does not hold what the lock file names. Says what it does.
 * @param {(line: string) => void} say
 * @returns {Promise<boolean>} whether everything is installed now
 */
export async function ensureInstalled(say) {
  const wanted = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8'));
  const installed = await readFile(join(ROOT, 'node_modules', '.package-lock.json'), 'utf8').then(
    JSON.parse,
    () => null,
  );
  const state = installState(wanted, installed);
  if (state === 'complete') return true;
  say(
    state === 'absent'
      ? 'Installing what the lock file names (npm ci) ...'
      : 'node_modules differs from the lock file; installing again (npm ci) ...',
  );
  const result = await runNpmCi(say);
  if (result.code === 0) return true;
  say(explainInstallFailure(result.output, result.timedOut));
  return false;
}

/**
 * @param {(line: string) => void} say
 * @returns {Promise<{ code: number, output: string, timedOut: boolean }>}
 */
function runNpmCi(say) {
  const args = ['ci', '--prefer-offline', '--fetch-retries=1', '--fetch-timeout=60000'];
  const npmScript = process.env['npm_execpath'];
  const [command, commandArgs] = npmScript?.endsWith('.js') ? [process.execPath, [npmScript, ...args]] : ['npm', args];
  const startedAt = Date.now();
  return new Promise((resolve) => {
    // npm is a .cmd file on Windows, which only a shell can start.
    const child = spawn(command, commandArgs, {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'pipe'],
      shell: process.platform === 'win32' && command === 'npm',
    });
    let output = '';
    let timedOut = false;
    const busy = setInterval(() => {
      say(`... still installing after ${Math.round((Date.now() - startedAt) / 1000)} s`);
    }, STILL_BUSY_EVERY_MS);
    const limit = setTimeout(() => {
      timedOut = true;
      child.kill();
    }, INSTALL_LIMIT_MS);
    child.stderr.on('data', (chunk) => {
      output += chunk;
      process.stderr.write(chunk);
    });
    /** @param {number} code */
    const finish = (code) => {
      clearInterval(busy);
      clearTimeout(limit);
      resolve({ code, output, timedOut });
    };
    child.once('error', (error) => {
      output += error.message;
      finish(1);
    });
    child.once('close', (code) => {
      finish(code ?? 1);
    });
  });
}

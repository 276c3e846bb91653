import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { findNode24, noNode24Message, thisNode } from '../../cli/node-24.mjs';
import { ROOT } from './ensure-installed.mjs';

// Plain JavaScript for Node 18 and up: this is what turns any Node into Node 24.

/**
 * Runs a TypeScript program of this repository under Node 24 and gives back its exit code.
 * @param {string} script path from the repository's root
 * @param {readonly string[]} args
 * @returns {Promise<number>}
 */
export function runUnderNode24(script, args) {
  const node = findNode24(join(ROOT, 'package.json'), thisNode());
  if (node === null) {
    console.error(noNode24Message());
    return Promise.resolve(1);
  }
  // Programs that look for `node` on the PATH must find the same one.
  const path = [join(ROOT, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter);
  const child = spawn(node, [join(ROOT, script), ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  });
  // Ctrl-C reaches the child by itself; it decides how to end, and we wait for it.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {
    child.kill('SIGTERM');
  });
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(`could not start ${node}: ${error.message}`);
      resolve(1);
    });
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}

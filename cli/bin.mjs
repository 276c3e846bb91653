#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { keepCompiledCode } from './compile-cache.mjs';
import { findNode24, noNode24Message, thisNode } from './node-24.mjs';

// Plain JavaScript for Node 18 and up, and no static import of project code: imports are hoisted above the version check.

const self = fileURLToPath(import.meta.url);
const node = findNode24(self, thisNode());

if (node === process.execPath) {
  keepCompiledCode();
  await import('./main.ts');
} else if (node === null) {
  console.error(noNode24Message());
  process.exitCode = 4;
} else {
  const child = spawn(node, [...process.execArgv, self, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to the whole group; a supervisor signals only this process.
  const forwarded = process.stdin.isTTY ? ['SIGTERM', 'SIGHUP'] : ['SIGTERM', 'SIGHUP', 'SIGINT'];
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (forwarded.includes(signal)) child.kill(/** @type {NodeJS.Signals} */ (signal));
    });
  }
  child.once('error', (error) => {
    console.error(`gantry could not start ${node}: ${error.message}`);
    process.exitCode = 4;
  });
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
  });
}

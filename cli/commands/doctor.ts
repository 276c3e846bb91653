import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { AppError } from '#core/base/index.ts';
import type { Check } from '../doctor/check.ts';
import { machineChecks } from '../doctor/check-machine.ts';
import { programChecks } from '../doctor/check-programs.ts';
import { EXIT, type CliIo } from '../output/index.ts';

const MARKS: Readonly<Record<Check['state'], string>> = { good: 'good   ', limited: 'limited', bad: 'BAD    ' };

/** `gantry doctor`. */
export function registerDoctor(program: Command, io: CliIo): void {
  program
    .command('doctor')
    .description('Say what this machine has of what Gantry uses. Asks no network. Exit 4 when something is bad')
    .option('--site <dir>', 'look at the disk of this folder', '.')
    .option('--json', 'print one JSON document')
    .action(async (options: { site: string; json?: true }) => {
      const checks = await examine(options.site, io);
      const bad = checks.filter((check) => check.state === 'bad');
      if (options.json === true) io.json({ good: bad.length === 0, checks });
      else print(checks, io);
      process.exitCode = bad.length === 0 ? EXIT.done : EXIT.environment;
    });
}

async function examine(site: string, io: CliIo): Promise<Check[]> {
  const folder = resolve(site);
  await stat(folder).catch((cause: unknown) => {
    throw new AppError('NOT_FOUND', `there is no folder ${folder}`, { folder }, { cause });
  });
  return Promise.all([...programChecks(io.env), ...machineChecks(folder, io.clock)]);
}

function print(checks: readonly Check[], io: CliIo): void {
  for (const { id, state, found, usedFor, next } of checks) {
    io.out(`${MARKS[state]}  ${id.padEnd(16)} ${found}`);
    if (state === 'good') continue;
    io.out(`         used for ${usedFor}${next === undefined ? '' : `. ${next}`}`);
  }
}

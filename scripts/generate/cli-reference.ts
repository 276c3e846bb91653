import type { Command } from 'commander';
import { processIo } from '#cli/output/process-io.ts';
import { createWholeProgram } from '#cli/program.ts';

/** Fixed, so that the page does not depend on the terminal that made it. */
const HELP_COLUMNS = 100;

const EXIT_CODES: readonly (readonly [number, string])[] = [
  [0, 'done, accepted, verified'],
  [1, 'a bug or unexpected failure; a correlation id is printed'],
  [2, 'wrong usage, unreadable or malformed input'],
  [3, 'refused: a verdict, policy or comparison is negative'],
  [4, 'environment: medium gone, disk full, device unreachable, another station runs; the same command goes on later'],
  [5, 'not authorised, or an approval is missing'],
];

/** The help of every verb as a page, as the program itself prints it. */
export async function renderCliReference(): Promise<string> {
  const program = await createWholeProgram(processIo('none'));
  return [
    '# Command line',
    '',
    'Generated from the help of `gantry` by `npm run gen`. `npx gantry <verb>` in the checkout, `gantry` when installed.',
    'With `--json` exactly one JSON document goes to standard output and nothing else; progress and remarks go to standard error.',
    '',
    '| exit | meaning |',
    '|---|---|',
    ...EXIT_CODES.map(([code, meaning]) => `| ${code} | ${meaning} |`),
    '',
    ...program.commands.flatMap((command) => sections(command, 2)),
  ].join('\n');
}

function sections(command: Command, level: number): string[] {
  return [
    `${'#'.repeat(level)} ${pathOf(command)}`,
    '',
    '```text',
    helpOf(command),
    '```',
    '',
    ...command.commands.flatMap((child) => sections(child, level + 1)),
  ];
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

/** The whole help, with the remarks that a command adds after it. */
function helpOf(command: Command): string {
  let text = '';
  command
    .configureOutput({
      writeOut: (part) => {
        text += part;
      },
      getOutHelpWidth: () => HELP_COLUMNS,
      getOutHasColors: () => false,
    })
    .outputHelp();
  return text.trimEnd();
}

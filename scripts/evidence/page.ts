import { z } from 'zod';
import { SuiteCounts } from './run-suites.ts';
import { SUITES, type SuiteOfTarget } from './suites.ts';

/** A result of the fault suites, as test/faults writes it. */
const FaultResult = z.object({
  target: z.string(),
  what: z.string(),
  count: z.number(),
  asked: z.number().nullable(),
  failures: z.number(),
  seed: z.number().nullable(),
  detail: z.string(),
  command: z.string(),
  commit: z.string(),
  date: z.string(),
});

const FuzzResult = z.object({
  seed: z.union([z.number(), z.string()]),
  commit: z.string(),
  date: z.string().optional(),
  total: z.number(),
  maxRssMb: z.number(),
  targets: z.array(
    z.object({
      name: z.string(),
      inputs: z.number(),
      crashes: z.number(),
      hangs: z.number(),
      wronglyAccepted: z.number(),
      maxMs: z.number(),
    }),
  ),
});

const UsbResult = z.object({
  seed: z.number(),
  commit: z.string(),
  date: z.string().optional(),
  reports: z.array(
    z.object({
      fileSystem: z.string(),
      yanks: z.number(),
      named: z.number(),
      slowestMs: z.number(),
      failures: z.array(z.string()),
    }),
  ),
});

/** Texts of the result files; undefined for a suite that was not run. */
export interface EvidenceSources {
  readonly faults: string | undefined;
  readonly fuzz: string | undefined;
  readonly usb: string | undefined;
  readonly suites: string | undefined;
}

/** The fault suites that there are: one that was not run is shown as such, not left out. */
const FAULT_SUITES: readonly (readonly [string, string, string])[] = [
  ['kill-points', 'S10, D10', 'import killed at every write, fsync, rename, unlink and truncate'],
  ['random-kills', 'S10', 'import killed at 1,000 random instants'],
  ['site-errors', 'S13, U4', 'ENOSPC, EIO, EROFS at each call on the site'],
  ['stick-errors', 'S13, U4', 'EIO, ENODEV, ENOTCONN, ENOENT at each call on the stick'],
  ['yank', 'S13, D2', '100 sticks pulled during an import'],
  ['swapped-content', 'S13', 'content swapped between verify and copy'],
  ['power-cut-ext4', 'S11, D10', '200 ext4 shutdowns under an import'],
  ['power-cut-xfs', 'S11, D10', '200 xfs shutdowns under an import'],
  ['torn-writes', 'S11, D10', '50 writes that reach the disk in part'],
  ['lying-flush', 'D10', 'flushes left out must be noticed'],
  ['clock-jumps', 'S17, D6', 'clock wrong or jumping across an import'],
  ['disk-use', 'D8', 'extra disk of a large import'],
  ['disk-too-small', 'D8', 'a target that is too small'],
  ['trust-update', 'S4, D5', 'update of trust killed at each flush'],
  ['offline', 'S3, D3', 'acceptance path without a network, traced'],
];

const HEADER = [
  'target',
  'what was done',
  'count',
  'failures',
  'seed',
  'measured beside it',
  'command',
  'commit',
  'date',
];

/** docs/evidence/trust-and-media.md: only what the suites wrote, and `not run` where they wrote nothing. */
export function evidencePage({ faults, fuzz, usb, suites }: EvidenceSources): string {
  const found = z.record(z.string(), FaultResult).parse(faults === undefined ? {} : JSON.parse(faults));
  const counted = z.record(z.string(), SuiteCounts).parse(suites === undefined ? {} : JSON.parse(suites));
  const rows = [
    ...FAULT_SUITES.map(([suite, target, what]) => faultRow(found[suite]) ?? notRun(target, what)),
    ...fuzzRows(fuzz),
    ...usbRows(usb),
    ...SUITES.map((suite) => suiteRow(suite, counted[suite.targets])),
  ];
  return [
    '# Evidence: trust and media',
    '',
    'Written by `npm run evidence` from what the suites left in `test-results/`; do not edit. A count says how often it was really done;',
    'where a requirement asks for more, both numbers are there. Where tests are the proof, the count is that of passed tests',
    '(`npm run evidence -- --run` runs them). A row of two targets answers both in part; other rows may answer the rest.',
    '',
    line(HEADER),
    line(HEADER.map(() => '---')),
    ...rows.toSorted((one, other) => rankOf(one) - rankOf(other)).map(line),
    '',
    'P1 and P2, the speed of import and verification, and the speed of D3 are in [benchmarks.md](benchmarks.md).',
    '',
  ].join('\n');
}

/** D before S before U, each by its number, of the first target of a row. */
function rankOf([targets = '']: readonly string[]): number {
  const [, letter = '', number = ''] = /^([DSU])(\d+)/.exec(targets) ?? [];
  return 'DSU'.indexOf(letter) * 100 + Number(number);
}

function faultRow(result: z.infer<typeof FaultResult> | undefined): string[] | undefined {
  if (result === undefined) return undefined;
  const { target, what, count, asked, failures, seed, detail, command, commit, date } = result;
  const counted = asked === null || asked <= count ? String(count) : `${String(count)} of ${String(asked)}`;
  return [target, what, counted, String(failures), String(seed ?? '-'), detail, `\`${command}\``, commit, day(date)];
}

function fuzzRows(text: string | undefined): string[][] {
  if (text === undefined) return [notRun('S7', 'mutated inputs for every parser')];
  const { seed, commit, date = '', total, maxRssMb, targets } = FuzzResult.parse(JSON.parse(text));
  const bad = targets.reduce((sum, { crashes, hangs, wronglyAccepted }) => sum + crashes + hangs + wronglyAccepted, 0);
  const slowest = Math.max(...targets.map(({ maxMs }) => maxMs));
  const detail = `${String(targets.length)} parsers; slowest input ${slowest.toFixed(0)} ms; at most ${maxRssMb.toFixed(0)} MB`;
  const what = 'mutated inputs: crash, hang or wrong acceptance counts as a failure';
  return [['S7', what, String(total), String(bad), String(seed), detail, '`npm run test:fuzz`', commit, day(date)]];
}

function usbRows(text: string | undefined): string[][] {
  if (text === undefined)
    return [notRun('D2, S13', 'real FAT32 and exFAT sticks in a virtual machine, pulled from its USB controller')];
  const { seed, commit, date = '', reports } = UsbResult.parse(JSON.parse(text));
  return reports.map(({ fileSystem, yanks, named, slowestMs, failures }) => [
    'D2, S13',
    `real ${fileSystem} stick in a virtual machine, written, imported, and pulled from its USB controller while it is read`,
    String(yanks),
    String(failures.length),
    String(seed),
    `${String(named)} told as MEDIA_GONE; slowest ${slowestMs.toFixed(0)} ms in the emulated machine`,
    '`npm run test:usb`',
    commit,
    day(date),
  ]);
}

function suiteRow({ targets, what }: SuiteOfTarget, counts: SuiteCounts | undefined): string[] {
  if (counts === undefined) return notRun(targets, what);
  const { passed, failed, skipped, command, commit, date } = counts;
  const detail = skipped === 0 ? 'tests' : `tests; ${String(skipped)} skipped on this machine`;
  return [targets, what, String(passed), String(failed), '-', detail, `\`${command}\``, commit, day(date)];
}

function notRun(target: string, what: string): string[] {
  return [target, what, 'not run', '', '', '', '', '', ''];
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

function day(date: string): string {
  return date.slice(0, 10);
}

import { z } from 'zod';

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

const ConformanceResult = z.object({
  cases: z.number(),
  failures: z.number(),
  command: z.string(),
  commit: z.string(),
  date: z.string(),
});

/** Texts of the result files; undefined for a suite that was not run. */
export interface EvidenceSources {
  readonly faults: string | undefined;
  readonly fuzz: string | undefined;
  readonly conformance: string | undefined;
}

/** The fault suites that there are: one that was not run is shown as such, not left out. */
const FAULT_SUITES: readonly (readonly [string, string, string])[] = [
  ['kill-points', 'S10, D10', 'import killed at every write, fsync, rename, unlink and truncate'],
  ['random-kills', 'S10', 'import killed at 1,000 random instants'],
  ['site-errors', 'S13', 'ENOSPC, EIO, EROFS at each call on the site'],
  ['stick-errors', 'S13', 'EIO, ENODEV, ENOTCONN, ENOENT at each call on the stick'],
  ['yank', 'S13, D2', '100 sticks pulled during an import'],
  ['swap', 'S13', 'content swapped between verify and copy'],
  ['power-cut', 'S11', '200 ext4 and 200 xfs shutdowns under an import'],
  ['clock', 'S17, D6', 'clock jumps across an import'],
  ['disk-use', 'D8', 'extra disk of a large import'],
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
export function evidencePage({ faults, fuzz, conformance }: EvidenceSources): string {
  const found = z.record(z.string(), FaultResult).parse(faults === undefined ? {} : JSON.parse(faults));
  const rows = [
    ...FAULT_SUITES.map(([suite, target, what]) => faultRow(found[suite]) ?? notRun(target, what)),
    ...fuzzRows(fuzz),
    conformanceRow(conformance),
  ];
  return [
    '# Evidence: trust and media',
    '',
    'Written by `npm run evidence` from what the suites left in `test-results/`; do not edit. A count says how often it was really done;',
    'where a requirement asks for more, both numbers are there. Speed is in [benchmarks.md](benchmarks.md).',
    '',
    line(HEADER),
    line(HEADER.map(() => '---')),
    ...rows.map(line),
    '',
  ].join('\n');
}

function faultRow(result: z.infer<typeof FaultResult> | undefined): string[] | undefined {
  if (result === undefined) return undefined;
  const { target, what, count, asked, failures, seed, detail, command, commit, date } = result;
  const counted = asked === null || asked === count ? String(count) : `${String(count)} of ${String(asked)}`;
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

function conformanceRow(text: string | undefined): string[] {
  if (text === undefined) return notRun('S1', 'published Sigstore cases, by path and by digest');
  const { cases, failures, command, commit, date } = ConformanceResult.parse(JSON.parse(text));
  return [
    'S1',
    'published Sigstore cases',
    String(cases),
    String(failures),
    '-',
    '',
    `\`${command}\``,
    commit,
    day(date),
  ];
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

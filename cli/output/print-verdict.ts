import type { Fact, FactAspect, Verdict } from '#contracts/verdict.ts';
import type { CliIo } from './io.ts';
import { printable, printFindings } from './print-findings.ts';

/** The three results of a verdict, never merged into one. */
const QUESTIONS: readonly (readonly [FactAspect, string])[] = [
  ['integrity', 'Is the content whole and safe?'],
  ['identity', 'Who made and signed it?'],
  ['permission', 'May it be used here?'],
];

/** A verdict for people: three questions, each with what is established and what is not. */
export function printVerdict(verdict: Verdict, io: Pick<CliIo, 'out'>): void {
  io.out(
    `${verdict.verdict === 'accepted' ? 'ACCEPTED' : 'REFUSED'}  ${printable(verdict.model)} ${printable(verdict.version)}  ${verdict.digest}`,
  );
  io.out(
    `Signer    ${verdict.signer === null ? 'nobody that this site trusts' : `${printable(verdict.signer.name)} (${verdict.signer.id})`}`,
  );
  io.out(`Rules     policy version ${String(verdict.policyVersion)}, channel ${verdict.channel}`);
  for (const [aspect, question] of QUESTIONS) {
    io.out(`\n${question}`);
    for (const fact of verdict.facts.filter((candidate) => candidate.aspect === aspect)) {
      const age = fact.ageSeconds === null ? '' : `, ${ageText(fact.ageSeconds)} old`;
      io.out(`  ${standing(fact)}  ${fact.code}  ${printable(fact.subject)}${age}: ${printable(fact.detail)}`);
    }
  }
  printContract(verdict.contract, io);
  if (verdict.findings.length === 0) return;
  io.out('\nFindings');
  printFindings(verdict.findings, io);
}

/** What differs from the line, side by side; where all fits, one line says so. */
export function printContract(
  rows: Verdict['contract'],
  io: Pick<CliIo, 'out'>,
  sides: readonly [string, string] = ['line', 'bundle'],
): void {
  if (rows === undefined) return;
  const differing = rows.filter((row) => !row.fits);
  io.out(`\nContract: ${String(rows.length - differing.length)} of ${String(rows.length)} fields are the same`);
  if (differing.length === 0) return;
  const shown = [
    ['field', ...sides],
    ...differing.map(({ field, line, bundle }) => [field, line ?? '-', bundle ?? '-'].map(printable)),
  ];
  const width = (column: number): number => Math.min(48, Math.max(...shown.map((cells) => cells[column]?.length ?? 0)));
  for (const [field = '', line = '', bundle = ''] of shown)
    io.out(`  ${field.padEnd(width(0))}  ${line.padEnd(width(1))}  ${bundle}`);
}

function standing({ established, demanded }: Fact): string {
  if (established) return 'established    ';
  return demanded ? 'not established' : 'not asked for  ';
}

function ageText(seconds: number): string {
  if (seconds < 120) return `${String(seconds)} s`;
  if (seconds < 7200) return `${String(Math.round(seconds / 60))} min`;
  return seconds < 172_800 ? `${String(Math.round(seconds / 3600))} h` : `${String(Math.round(seconds / 86_400))} days`;
}

import type { ImportContext } from '#contracts/media.ts';
import type { ContractRow, Fact, FactAspect, Verdict } from '#contracts/verdict.ts';
import { toIsoUtc } from '#core/base/index.ts';
import { openPaper, type Paper } from './paper.ts';
import { reportFonts } from './report-fonts.ts';

/** The three results of a verdict, on pages of their own sections: never merged into one. */
const SECTIONS: readonly (readonly [FactAspect, string])[] = [
  ['integrity', 'Integrity: is the content whole and safe?'],
  ['identity', 'Identity: who made and signed it?'],
  ['permission', 'Permission: may it be used here?'],
];
/** More entries of one kind than anybody reads on paper; the JSON report has them all. */
const MOST_ENTRIES = 500;

/** A verdict, with the import that it was given for where there was one, as a printable document. The same input gives the same bytes. */
export async function renderVerdictPdf(verdict: Verdict, context: ImportContext | null): Promise<Uint8Array> {
  const paper = openPaper(`Verdict on ${verdict.digest}`, new Date(verdict.checkedAt), await reportFonts());
  paper.text(`Verdict: ${verdict.verdict}`, { size: 'title', weight: 'bold' });
  paper.gap(0.5);
  writeSubject(paper, verdict);
  if (context !== null) writeImport(paper, context);
  for (const [aspect, heading] of SECTIONS) writeAspect(paper, heading, verdict.facts, aspect);
  if (verdict.contract !== undefined) writeContract(paper, verdict.contract);
  paper.heading(verdict.findings.length === 0 ? 'Findings: none' : 'Findings and next steps');
  limited(paper, verdict.findings, ({ code, severity, at, message, next }) => {
    paper.line(`${code} (${severity})`, `${at}: ${message}`);
    if (next !== undefined) paper.text(`Next: ${next}`, { size: 'body' });
    paper.gap(0.3);
  });
  return paper.finish(verdict.digest);
}

function writeSubject(paper: Paper, verdict: Verdict): void {
  const { signer } = verdict;
  paper.line('Model', `${verdict.model} ${verdict.version}`);
  paper.line('Digest', verdict.digest);
  paper.line('Signer', signer === null ? 'nobody that this site trusts' : signer.name);
  if (signer !== null) paper.line(signer.kind === 'key' ? 'Key fingerprint (SHA-256)' : 'Identity', signer.id);
  if (signer?.issuer !== undefined) paper.line('Issuer', signer.issuer);
  paper.line('Channel', verdict.channel);
  paper.line('Policy version', String(verdict.policyVersion));
  paper.line('Checked at', toIsoUtc(verdict.checkedAt));
}

function writeImport(paper: Paper, context: ImportContext): void {
  const { volumeLabel, volumeSerial, decidedBy, decisionReason } = context;
  paper.heading('Import');
  paper.line('Import', context.id);
  paper.line('Title', context.title);
  paper.line('State', context.state);
  paper.line('Medium', `${volumeLabel}, serial ${volumeSerial ?? 'not known'}`);
  paper.line('Started', `${toIsoUtc(context.createdAt)} by ${context.startedBy}`);
  if (decidedBy !== null)
    paper.line('Decided', `${toIsoUtc(context.updatedAt)} by ${decidedBy}: ${decisionReason ?? ''}`);
}

function writeAspect(paper: Paper, heading: string, facts: readonly Fact[], aspect: FactAspect): void {
  const own = facts.filter((fact) => fact.aspect === aspect);
  paper.heading(heading);
  // Nothing stated is not the same as nothing wrong.
  if (!own.some((fact) => fact.demanded)) paper.text('[?] not known: nothing is demanded of it.', { size: 'body' });
  limited(
    paper,
    own.toSorted((a, b) => RANK[standingOf(a)] - RANK[standingOf(b)]),
    (fact) => {
      writeFact(paper, fact);
    },
  );
}

const WORDS = {
  not: '[F] NOT established',
  unasked: '[-] not asked for',
  established: '[E] established',
} as const;
type Standing = keyof typeof WORDS;
const RANK: Readonly<Record<Standing, number>> = { not: 0, unasked: 1, established: 2 };

function standingOf({ established, demanded }: Fact): Standing {
  if (established) return 'established';
  return demanded ? 'not' : 'unasked';
}

function writeFact(paper: Paper, fact: Fact): void {
  const { code, subject, detail, ageSeconds, next } = fact;
  const standing = standingOf(fact);
  paper.text(`${WORDS[standing]}: ${code}`, { size: 'body', weight: 'bold' });
  paper.text(`${subject}${ageSeconds === null ? '' : `, evidence ${ageText(ageSeconds)} old`}`, { size: 'small' });
  paper.text(detail, { size: 'body' });
  if (standing === 'not' && next !== undefined) paper.text(`Next: ${next}`, { size: 'body' });
  paper.gap(0.3);
}

function ageText(seconds: number): string {
  return seconds < 172_800 ? `${String(seconds)} s` : `${String(Math.round(seconds / 86_400))} days`;
}

function writeContract(paper: Paper, rows: readonly ContractRow[]): void {
  const differing = rows.filter((row) => !row.fits);
  paper.heading(`Contract: ${String(rows.length - differing.length)} of ${String(rows.length)} fields fit the line`);
  limited(paper, differing, ({ field, line, bundle }) => {
    paper.line(field, `the line gives ${line ?? 'nothing'}, the bundle takes ${bundle ?? 'nothing'}`);
  });
}

function limited<T>(paper: Paper, entries: readonly T[], write: (entry: T) => void): void {
  entries.slice(0, MOST_ENTRIES).forEach(write);
  const left = entries.length - MOST_ENTRIES;
  if (left > 0) paper.text(`… and ${String(left)} more; the JSON report has them all.`, { size: 'body' });
}

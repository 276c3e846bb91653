import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import PDFDocument from 'pdfkit';
import type { Fact, FactAspect, Verdict } from '#contracts/verdict.ts';
import { toIsoUtc } from '#core/base/index.ts';

/** The three results of a verdict, on pages of their own sections: never merged into one. */
const SECTIONS: readonly (readonly [FactAspect, string])[] = [
  ['integrity', 'Integrity: is the content whole and safe?'],
  ['identity', 'Identity: who made and signed it?'],
  ['permission', 'Permission: may it be used here?'],
];
const FONT = import.meta.resolve('@fontsource/inter/files/inter-latin-400-normal.woff');
const BOLD = import.meta.resolve('@fontsource/inter/files/inter-latin-600-normal.woff');
const SIZES = { title: 18, heading: 13, body: 10, small: 8 } as const;

/** A verdict as a printable document. The same verdict gives the same bytes: its only date is that of the verdict. */
export async function renderVerdictPdf(verdict: Verdict): Promise<Uint8Array> {
  const [plain, bold] = await Promise.all([readFile(fileURLToPath(FONT)), readFile(fileURLToPath(BOLD))]);
  const checkedAt = new Date(verdict.checkedAt);
  const pdf = new PDFDocument({
    size: 'A4',
    margin: 50,
    compress: false,
    info: { Title: `Verdict on ${verdict.digest}`, CreationDate: checkedAt, ModDate: checkedAt },
  });
  pdf.registerFont('plain', plain).registerFont('bold', bold);
  const pieces: Uint8Array[] = [];
  const done = new Promise<Uint8Array>((resolve, reject) => {
    pdf.on('data', (piece: Uint8Array) => pieces.push(piece));
    pdf.on('end', () => {
      resolve(new Uint8Array(Buffer.concat(pieces)));
    });
    pdf.on('error', reject);
  });
  write(pdf, verdict);
  pdf.end();
  return done;
}

type Pdf = InstanceType<typeof PDFDocument>;

function write(pdf: Pdf, verdict: Verdict): void {
  pdf.font('bold').fontSize(SIZES.title).text(`Verdict: ${verdict.verdict}`).moveDown(0.5);
  const { signer } = verdict;
  line(pdf, 'Model', `${verdict.model} ${verdict.version}`);
  line(pdf, 'Digest', verdict.digest);
  line(
    pdf,
    'Signer',
    signer === null ? 'nobody that this site trusts' : `${signer.name} (${signer.kind} ${signer.id})`,
  );
  if (signer?.issuer !== undefined) line(pdf, 'Issuer', signer.issuer);
  line(pdf, 'Channel', verdict.channel);
  line(pdf, 'Policy version', String(verdict.policyVersion));
  line(pdf, 'Checked at', toIsoUtc(verdict.checkedAt));
  for (const [aspect, heading] of SECTIONS) {
    title(pdf, heading);
    for (const fact of verdict.facts.filter((candidate) => candidate.aspect === aspect)) writeFact(pdf, fact);
  }
  title(pdf, verdict.findings.length === 0 ? 'Findings: none' : 'Findings and next steps');
  for (const { code, severity, at, message, next } of verdict.findings) {
    line(pdf, `${code} (${severity})`, `${at}: ${message}`);
    pdf
      .font('plain')
      .fontSize(SIZES.body)
      .text(shown(`Next: ${next}`))
      .moveDown(0.3);
  }
}

function writeFact(pdf: Pdf, { code, established, demanded, subject, detail, ageSeconds }: Fact): void {
  const standing = established ? 'established' : demanded ? 'NOT established' : 'not asked for';
  const age = ageSeconds === null ? '' : `, evidence ${String(ageSeconds)} s old`;
  pdf
    .font('bold')
    .fontSize(SIZES.body)
    .text(shown(`${code}: ${standing}`));
  pdf
    .font('plain')
    .fontSize(SIZES.small)
    .text(shown(`${subject}${age}`));
  pdf.fontSize(SIZES.body).text(shown(detail)).moveDown(0.3);
}

function title(pdf: Pdf, text: string): void {
  pdf.moveDown(0.6).font('bold').fontSize(SIZES.heading).text(text).moveDown(0.2);
}

function line(pdf: Pdf, term: string, value: string): void {
  pdf.font('bold').fontSize(SIZES.body).text(`${term}: `, { continued: true }).font('plain').text(shown(value));
}

/** Text of the bundle may be hostile, and the font has Latin letters only: everything else is written as its code point. */
function shown(text: string): string {
  return text.replace(/[^\u0020-\u007e\u00a0-\u00ff]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

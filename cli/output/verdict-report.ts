import { writeFile } from 'node:fs/promises';
import type { Verdict } from '#contracts/verdict.ts';
import { AppError } from '#core/base/index.ts';

/** USAGE_INVALID unless the name says which form is wanted; before any work is done. */
export function assertReportName(path: string): void {
  if (!/\.(?:json|pdf)$/i.test(path))
    throw new AppError('USAGE_INVALID', `${path}: a report is a file that ends in .json or .pdf`, { path });
}

/** Draws the page. The library is loaded here: it is half of a cold start, and few verdicts are printed. */
async function pdfOf(verdict: Verdict): Promise<Uint8Array> {
  const { renderVerdictPdf } = await import('#native/pdf/index.ts');
  return renderVerdictPdf(verdict);
}

/** Writes a verdict to a new file. A file that is there is never overwritten: it may be the record of another verdict. */
export async function writeReport(path: string, verdict: Verdict): Promise<void> {
  const bytes = /\.pdf$/i.test(path)
    ? await pdfOf(verdict)
    : new TextEncoder().encode(`${JSON.stringify(verdict, null, 2)}\n`);
  try {
    await writeFile(path, bytes, { flag: 'wx' });
  } catch (error) {
    throw new AppError('USAGE_INVALID', `the report cannot be written to ${path}`, { path }, { cause: error });
  }
}

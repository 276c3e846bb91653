import { writeFile } from 'node:fs/promises';
import type { Verdict } from '#contracts/verdict.ts';
import { AppError } from '#core/base/index.ts';
import { renderVerdictPdf } from '#native/pdf/index.ts';

/** USAGE_INVALID unless the name says which form is wanted; before any work is done. */
export function assertReportName(path: string): void {
  if (!/\.(?:json|pdf)$/i.test(path))
    throw new AppError('USAGE_INVALID', `${path}: a report is a file that ends in .json or .pdf`, { path });
}

/** Writes a verdict to a new file. A file that is there is never overwritten: it may be the record of another verdict. */
export async function writeReport(path: string, verdict: Verdict): Promise<void> {
  const bytes = /\.pdf$/i.test(path)
    ? await renderVerdictPdf(verdict)
    : new TextEncoder().encode(`${JSON.stringify(verdict, null, 2)}\n`);
  try {
    await writeFile(path, bytes, { flag: 'wx' });
  } catch (error) {
    throw new AppError('USAGE_INVALID', `the report cannot be written to ${path}`, { path }, { cause: error });
  }
}

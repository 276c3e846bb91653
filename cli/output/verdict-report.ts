import { writeFile } from 'node:fs/promises';
import { ReportFormat } from '#contracts/verdict.ts';
import { AppError } from '#core/base/index.ts';

/** The form that the name of a report asks for; USAGE_INVALID before any work is done where it asks for none. */
export function reportFormatOf(path: string): ReportFormat {
  const format = ReportFormat.safeParse(/\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase());
  if (!format.success)
    throw new AppError('USAGE_INVALID', `${path}: a report is a file that ends in .json or .pdf`, { path });
  return format.data;
}

/** Writes a report to a new file. A file that is there is never overwritten: it may be the record of another verdict. */
export async function writeReport(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes, { flag: 'wx' });
  } catch (error) {
    throw new AppError('USAGE_INVALID', `the report cannot be written to ${path}`, { path }, { cause: error });
  }
}

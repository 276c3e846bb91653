import type { Command } from 'commander';
import { AppError } from '#core/base/index.ts';
import { withSite } from '../compose.ts';
import { EXIT, type CliIo } from '../output/index.ts';
import { reportFormatOf, writeReport } from '../output/verdict-report.ts';

interface ReportOptions {
  readonly site?: string;
  readonly out: string;
  readonly json?: true;
}

/** `gantry import report`. */
export function registerImportReport(importCommand: Command, io: CliIo): void {
  importCommand
    .command('report')
    .description('Write the report of an import that was verified, as the screens do; the audit trail says so')
    .argument('<id>', 'id of the import, as `gantry import` and the Import screen show it')
    .requiredOption('--out <file>', 'new file, .json or .pdf')
    // Read by the command above, which has the same ones; named here for the help.
    .option('--site <dir>', 'folder of the site')
    .option('--json', 'print one JSON document')
    .action(async (importId: string, _own: unknown, command: Command) => {
      process.exitCode = await report(importId, command.optsWithGlobals<ReportOptions>(), io);
    });
}

async function report(importId: string, { site, out, json }: ReportOptions, io: CliIo): Promise<number> {
  if (site === undefined) throw new AppError('USAGE_INVALID', '--site names the folder of the site', {});
  const format = reportFormatOf(out);
  const written = await withSite(site, io, async ({ services, person }) => {
    const { contentBase64, ...file } = await services.imports.report({ importId, format }, person);
    await writeReport(out, Buffer.from(contentBase64, 'base64'));
    return { importId, format, sizeBytes: file.sizeBytes, digest: file.digest, out };
  });
  if (json === true) io.json(written);
  else io.out(`${out}: ${String(written.sizeBytes)} bytes, ${written.digest}`);
  return EXIT.done;
}

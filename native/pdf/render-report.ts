import type { ImportContext } from '#contracts/media.ts';
import type { ReportFormat, Verdict } from '#contracts/verdict.ts';
import { assertNever } from '#core/base/index.ts';

/** The one way in which a verdict becomes a file: for `gantry verify`, for imports on the command line and on screen. */
export async function renderReport(
  { verdict, context }: { readonly verdict: Verdict; readonly context: ImportContext | null },
  format: ReportFormat,
): Promise<Uint8Array> {
  switch (format) {
    case 'json': {
      const document = context === null ? verdict : { ...verdict, import: context };
      return new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`);
    }
    case 'pdf': {
      // The library is loaded here: it is half of a cold start, and few verdicts are printed.
      const { renderVerdictPdf } = await import('./verdict-report.ts');
      return renderVerdictPdf(verdict, context);
    }
    default:
      return assertNever(format, 'report format');
  }
}

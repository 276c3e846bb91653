import { ImportContext } from '#contracts/media.ts';
import { AppError } from '#core/base/index.ts';
import { toBase64 } from '#core/signing/index.ts';
import type { ImportDeps } from './import-ports.ts';
import { personActor, type ImportRecords } from './import-records.ts';
import { toImportView } from './import-view.ts';
import type { ImportService } from './service.ts';

const MEDIA_TYPES = { json: 'application/json', pdf: 'application/pdf' } as const;

/** Reports of imports that were verified, whenever that was. */
export function createImportReports(deps: ImportDeps, records: ImportRecords): ImportService['report'] {
  return async ({ importId, format }, person) => {
    const view = toImportView(records.require(importId));
    const { verdict, state } = view;
    if (verdict === null)
      throw new AppError('IMPORT_NO_VERDICT', `import ${importId} is ${state} and has no verdict`, { importId, state });
    const bytes = await deps.renderReport({ verdict, context: ImportContext.parse(view) }, format);
    const digest = deps.hasher.sha256(bytes);
    // Written before the bytes are handed out: no report leaves without an entry.
    records.note(importId, 'import.report-exported', { format, sizeBytes: bytes.length, digest }, personActor(person));
    return {
      fileName: `gantry-import-${importId}.${format}`,
      mediaType: MEDIA_TYPES[format],
      sizeBytes: bytes.length,
      digest,
      contentBase64: toBase64(bytes),
    };
  };
}

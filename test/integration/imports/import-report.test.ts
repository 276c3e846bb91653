import { createHash } from 'node:crypto';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ImportContext, type ImportView } from '#contracts/media.ts';
import { renderReport } from '#native/pdf/index.ts';
import { aFolder, someContent, writeSet } from '../media/folders.ts';
import { auditTypes, engineer, openSite, reach, verdictOf, type TestSite } from './site.ts';

let site: TestSite | undefined;
afterEach(async () => {
  await site?.close();
  site = undefined;
});

async function anImport(outcome: 'accepted' | 'refused' | 'damaged'): Promise<{ station: TestSite; view: ImportView }> {
  const station = await openSite(await aFolder(), {
    verify: verdictOf(outcome === 'refused' ? 'refused' : 'accepted'),
  });
  site = station;
  const content = someContent([700, 30_000]);
  const stick = await aFolder();
  await writeSet(content, [stick], 4_000_000);
  if (outcome === 'damaged') await spoil(join(stick, 'gantry/parts'));
  const volume = await station.media.openFolder(stick);
  const { id } = await station.imports.start({ volumeId: volume.id, bundleDigest: content.bundle.digest }, engineer);
  return { station, view: await reach(station, id, 'awaiting-decision', 'refused', 'failed') };
}

async function spoil(parts: string): Promise<void> {
  for (const name of await readdir(parts)) {
    const file = await open(join(parts, name), 'r+');
    await file.write(Buffer.alloc(64, 0xff), 0, 64, 100);
    await file.close();
  }
}

describe('report of an import', () => {
  it.each(['json', 'pdf'] as const)(
    'is what gantry verify would write, as %s, with the import beside it',
    async (format) => {
      const { station, view } = await anImport('accepted');
      await station.imports.accept({ importId: view.id, reason: 'CR-17' }, engineer);

      const report = await station.imports.report({ importId: view.id, format }, engineer);

      const accepted = station.imports.get(view.id);
      const verdict = accepted.verdict;
      if (verdict === null) throw new Error('an accepted import has a verdict');
      const bytes = Buffer.from(report.contentBase64, 'base64');
      expect(bytes.equals(await renderReport({ verdict, context: ImportContext.parse(accepted) }, format))).toBe(true);
      expect(report).toMatchObject({ fileName: `gantry-import-${view.id}.${format}`, sizeBytes: bytes.length });
      expect(report.digest).toBe(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
    },
  );

  it('is noted with person, format and digest, and changes nothing else', async () => {
    const { station, view } = await anImport('accepted');
    const before = auditTypes(station, view.id);

    const { digest, sizeBytes } = await station.imports.report({ importId: view.id, format: 'pdf' }, engineer);

    expect(auditTypes(station, view.id)).toEqual([...before, 'import.report-exported']);
    const entry = station.store.events.read(0, 1000, { subject: view.id }).at(-1);
    expect(entry).toMatchObject({
      actor: { kind: 'person', id: engineer.id },
      payload: { format: 'pdf', digest, sizeBytes, bundle: view.bundleDigest },
    });
    expect(station.imports.get(view.id)).toEqual(view);
  });

  it('exists for a refused import too', async () => {
    const { station, view } = await anImport('refused');

    const report = await station.imports.report({ importId: view.id, format: 'json' }, engineer);

    expect(JSON.parse(Buffer.from(report.contentBase64, 'base64').toString('utf8'))).toMatchObject({
      verdict: 'refused',
      import: { id: view.id, state: 'refused' },
    });
  });

  it('does not exist for an import that failed before its verdict, and that is not noted', async () => {
    const { station, view } = await anImport('damaged');
    const before = auditTypes(station, view.id);

    await expect(station.imports.report({ importId: view.id, format: 'pdf' }, engineer)).rejects.toMatchObject({
      code: 'IMPORT_NO_VERDICT',
    });
    expect(auditTypes(station, view.id)).toEqual(before);
  });
});

import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyAuditExport } from '#core/audit/index.ts';
import type { JobRunner } from '#core/jobs/ports.ts';
import type { StationStore } from '#core/storage/ports.ts';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { createKeyPair, nodeSignatureVerifier, signingKeyFromPem } from '#native/keys/index.ts';
import { inboxVolumeSource, nodeFolderOpener, nodeMediaAccess } from '#native/media/index.ts';
import { openStationStore } from '#native/sqlite/index.ts';
import { createAuditService } from '#station/audit/create-audit-service.ts';
import type { AuditService } from '#station/audit/service.ts';
import { createJobRunner } from '#station/jobs/create-job-runner.ts';
import { createMediaService } from '#station/media/create-media-service.ts';
import type { MediaService } from '#station/media/service.ts';

const ADA = { id: 'ada', name: 'Ada Auditor', role: 'auditor' } as const;
const key = signingKeyFromPem(createKeyPair('ed25519').privateKeyPem);
const ids = randomIds(systemClock);

let folder: string;
let store: StationStore;
let jobs: JobRunner;
let media: MediaService;
let audit: AuditService;

function open(): void {
  store = openStationStore({ path: join(folder, 'station.db'), clock: systemClock, ids, hasher: nodeHasher });
  const common = { store, clock: systemClock, ids, hasher: nodeHasher };
  jobs = createJobRunner({ ...common, concurrency: 1, logFailure: () => 'correlation-1' });
  media = createMediaService({
    indexTrust: () => ({ keys: [], verifier: nodeSignatureVerifier }),
    ...common,
    sources: [inboxVolumeSource(join(folder, 'inbox'), 'Inbox')],
    opener: nodeFolderOpener,
    access: nodeMediaAccess,
    inspectLayout: () => Promise.resolve(null),
    onSourceFailure: () => undefined,
  });
  audit = createAuditService({
    ...common,
    jobs,
    media,
    vault: { open: () => Promise.resolve(key) },
    site: { id: 'plant', name: 'Plant' },
  });
  jobs.start();
}

function append(count: number): void {
  for (let n = 0; n < count; n += 1) {
    store.events.append({
      actor: { kind: 'person', id: 'eva', name: 'Eva' },
      stream: n % 2 === 0 ? 'import' : 'rollout',
      type: 'import.accepted',
      subject: `s${String(n)}`,
      payload: { n },
    });
  }
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-audit-service-'));
  open();
});
afterEach(async () => {
  await jobs.stop();
  store.close();
  await rm(folder, { recursive: true });
});

describe('the audit trail of a site', () => {
  it('is listed newest first, page by page, by stream and subject', () => {
    append(7);
    const seqs = (query: Parameters<AuditService['list']>[0]): number[] => audit.list(query).map(({ seq }) => seq);

    expect(seqs({ limit: 3 })).toEqual([7, 6, 5]);
    expect(seqs({ limit: 3, beforeSeq: 5 })).toEqual([4, 3, 2]);
    expect(seqs({ limit: 10, stream: 'rollout' })).toEqual([6, 4, 2]);
    expect(seqs({ limit: 10, subject: 's3' })).toEqual([4]);
  });

  it('is intact as long as nobody touched it', () => {
    append(12);

    expect(audit.verify()).toMatchObject({
      entries: 12,
      intact: true,
      headHash: store.events.head().hash,
      firstBadSeq: null,
    });
  });

  it('names the first record that somebody changed behind its back', () => {
    append(12);
    store.close();
    const raw = new Database(join(folder, 'station.db'));
    raw.exec("DROP TRIGGER events_never_change; UPDATE events SET subject = 's999' WHERE seq = 5");
    raw.close();
    open();

    expect(audit.verify()).toMatchObject({ entries: 12, intact: false, firstBadSeq: 5 });
  });

  it('is exported to a stick up to the moment of the request, and verifies there', async () => {
    append(9);
    await mkdir(join(folder, 'stick'));
    const { id } = await media.openFolder(join(folder, 'stick'));

    const { jobId } = await audit.export({ volumeId: id }, ADA);
    append(2);
    while (!['done', 'failed'].includes(jobs.get(jobId)?.state ?? '')) await systemClock.sleep(5);

    const outbox = join(folder, 'stick', 'gantry', 'outbox', 'audit');
    const out = join(outbox, (await readdir(outbox))[0] ?? '');
    const text = (name: string): Promise<string> => readFile(join(out, name), 'utf8');
    const files = {
      records: await text('records.jsonl'),
      checkpoint: await text('checkpoint.txt'),
      csv: await text('records.csv'),
    };
    expect(verifyAuditExport(files, key.publicKeyPem, { verifier: nodeSignatureVerifier, hasher: nodeHasher })).toEqual(
      { entries: 9, problem: null },
    );
    expect(audit.list({ limit: 1 })[0]).toMatchObject({
      type: 'audit.exported',
      actor: { id: 'ada' },
      payload: { entries: 9 },
    });
  });
});

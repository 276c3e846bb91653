import { z } from 'zod';
import type { AuditStatus } from '#contracts/audit.ts';
import { MEDIA_PATHS } from '#contracts/media.ts';
import { Actor, Id } from '#contracts/primitives.ts';
import { buildAuditExport, CHAIN_START, walkChain, type ChainHead } from '#core/audit/index.ts';
import type { Clock, IdSource } from '#core/base/index.ts';
import type { JobKind, JobRunner } from '#core/jobs/ports.ts';
import type { KeyVault } from '#core/keys/ports.ts';
import type { Hasher, StationStore } from '#core/storage/ports.ts';
import type { MediaService } from '#station/media/service.ts';
import { RECORDS_PAGE, recordsUpTo } from './collect-records.ts';
import type { AuditService } from './service.ts';

export interface AuditDeps {
  readonly store: StationStore;
  readonly jobs: JobRunner;
  readonly media: MediaService;
  readonly vault: KeyVault;
  readonly hasher: Hasher;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly site: { readonly id: string; readonly name: string };
}

const ExportPayload = z.object({ exportId: Id, volumeId: Id, upToSeq: z.number().int(), actor: Actor });

/** The audit trail of the site: the event log, read, checked and exported. */
export function createAuditService(deps: AuditDeps): AuditService {
  const { events } = deps.store;
  deps.jobs.register(exportJob(deps));

  function verify(): AuditStatus {
    let head: ChainHead = CHAIN_START;
    for (;;) {
      const page = events.read(head.seq, RECORDS_PAGE);
      if (page.length === 0)
        return { entries: head.seq, intact: true, checkedAt: deps.clock.now(), headHash: head.hash, firstBadSeq: null };
      const walked = walkChain(head, page, deps.hasher);
      head = walked.head;
      if (walked.broken !== null)
        return {
          entries: events.head().seq,
          intact: false,
          checkedAt: deps.clock.now(),
          headHash: head.hash,
          firstBadSeq: walked.broken.seq,
        };
    }
  }

  return {
    verify,
    list: ({ beforeSeq, limit, ...filter }) => events.readBack(beforeSeq ?? Number.MAX_SAFE_INTEGER, limit, filter),
    export: async ({ volumeId }, person) => {
      await deps.media.require(volumeId);
      const exportId = deps.ids.next();
      const actor: Actor = { kind: 'person', id: person.id, name: person.name };
      const payload = { exportId, volumeId, upToSeq: events.head().seq, actor };
      return { jobId: deps.jobs.enqueue({ kind: 'audit-export', payload, subject: exportId, exclusiveKey: volumeId }) };
    },
  };
}

function exportJob(deps: AuditDeps): JobKind<typeof ExportPayload> {
  return {
    kind: 'audit-export',
    payload: ExportPayload,
    title: () => 'audit export',
    run: async ({ exportId, volumeId, upToSeq, actor }, context) => {
      const writer = deps.media.writer(await deps.media.require(volumeId));
      const files = await buildAuditExport(
        recordsUpTo(deps.store.events, upToSeq),
        deps.site,
        await deps.vault.open('audit'),
        deps.hasher,
      );
      let done = 0;
      for (const [name, bytes] of files) {
        context.signal.throwIfAborted();
        await writer.writeFile(`${MEDIA_PATHS.outbox}/audit/${exportId}/${name}`, bytes);
        done += 1;
        context.report({ done, total: files.size, unit: 'items' });
      }
      deps.store.events.append({
        actor,
        stream: 'audit',
        type: 'audit.exported',
        subject: exportId,
        payload: { volumeId, entries: upToSeq },
      });
      return { status: 'done' };
    },
  };
}

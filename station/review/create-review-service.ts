import type { Person } from '#contracts/site.ts';
import type { Actor } from '#contracts/primitives.ts';
import { AppError, MIB } from '#core/base/index.ts';
import { toSampleView } from '#core/review/index.ts';
import { planExport, reviewExportJob } from './export-job.ts';
import { contentOf, newSample } from './receive-sample.ts';
import type { ReviewDeps } from './review-deps.ts';
import { createSampleRecords } from './sample-records.ts';
import type { ReviewService } from './service.ts';

const CONTENT_LIMIT = 12 * MIB;

/** The queue of doubtful samples and the work of the people who label them. */
export function createReviewService(deps: ReviewDeps): ReviewService {
  const records = createSampleRecords(deps.store, deps.clock);
  deps.jobs.register(reviewExportJob(deps, records));

  return {
    receive: async (upload) => {
      const content = contentOf(upload, deps.hasher);
      if (records.has(upload.sampleId)) {
        const known = records.require(upload.sampleId);
        if (known.contentDigest === content.digest && known.device === upload.device) return;
        throw new AppError('CONFLICT', `sample ${upload.sampleId} is here with other content`, {
          sampleId: upload.sampleId,
        });
      }
      const classes = [...(await deps.classesOf(upload.model.bundleDigest))];
      await deps.blobs.put(content.digest, once(content.bytes));
      // Looked at again: the same upload may have come twice at once.
      if (records.has(upload.sampleId)) return;
      const device: Actor = { kind: 'device', id: upload.device, name: upload.device };
      records.receive(newSample(upload, content, { line: deps.lineOf(upload.device), classes }, deps.clock), device);
    },
    queue: (filter) => {
      const { ids, counts } = records.select(filter);
      return { samples: ids.map((id) => toSampleView(records.require(id))), counts };
    },
    get: (sampleId) => toSampleView(records.require(sampleId)),
    image: async (sampleId) => {
      const sample = records.require(sampleId);
      return { mediaType: sample.mediaType, bytes: await deps.blobs.read(sample.contentDigest, CONTENT_LIMIT) };
    },
    label: ({ sampleId, label, revision }, person) =>
      toSampleView(
        records.change(sampleId, { type: 'sample.labelled', label, by: person.name }, revision, actorOf(person)),
      ),
    decide: ({ sampleId, state, revision }, person) =>
      toSampleView(
        records.change(sampleId, { type: 'sample.decided', state, by: person.name }, revision, actorOf(person)),
      ),
    undo: (person) => toSampleView(records.undo(actorOf(person))),
    export: async ({ volumeId, recipients = [] }, person) => {
      await deps.media.require(volumeId);
      const { exportId } = await planExport(deps, records);
      return {
        jobId: deps.jobs.enqueue({
          kind: 'review-export',
          payload: { volumeId, recipients, actor: actorOf(person) },
          subject: exportId,
          exclusiveKey: volumeId,
        }),
      };
    },
  };
}

function actorOf(person: Person): Actor {
  return { kind: 'person', id: person.id, name: person.name };
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes);
}

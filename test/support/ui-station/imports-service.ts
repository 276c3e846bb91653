import { ImportContext, type ImportPlan, type ImportView, type VolumeView } from '#contracts/media.ts';
import { AppError, type Digest } from '#core/base/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { renderReport } from '#native/pdf/index.ts';
import type { ImportService } from '#station/imports/service.ts';
import { bundleFor, foreignOriginVerdict, verdictFor } from './bundles-data.ts';
import type { World } from './world.ts';

const COPY_MS = 2400;
const VERIFY_MS = 800;
/** Bundles of this version are signed by a key that the site does not trust. */
export const UNTRUSTED_VERSION = '1.2.0-regressed';
/** Bundles of this version were built by a builder, from a source, that no channel allows. */
export const FOREIGN_ORIGIN_VERSION = '1.3.0-elsewhere';

function sourceOf(
  world: World,
  volumeId: string,
  bundleDigest: Digest,
): { volume: VolumeView; bundle: NonNullable<VolumeView['set']>['bundles'][number] } {
  const volume = world.volumes.get(volumeId);
  if (volume === undefined) throw new AppError('VOLUME_UNKNOWN', `volume ${volumeId} is not connected`, { volumeId });
  const bundle = volume.set?.bundles.find((one) => one.digest === bundleDigest);
  if (bundle === undefined) throw new AppError('MEDIA_NO_SET', 'the volume holds no such bundle', { volumeId });
  return { volume, bundle };
}

/** Imports that copy, wait for their stick, verify and wait for a person, in memory. */
export function createImports(world: World): ImportService {
  const put = (view: ImportView): ImportView => {
    const next = { ...view, updatedAt: world.clock.now() };
    world.imports.set(view.id, next);
    world.touch('import', view.id);
    return next;
  };
  const require = (id: string): ImportView => {
    const view = world.imports.get(id);
    if (view === undefined) throw new AppError('NOT_FOUND', `no import ${id}`, { id });
    return view;
  };

  async function run(id: string): Promise<void> {
    const started = require(id);
    const job = world.newJob('import', `Import ${started.title}`, id);
    put({ ...started, state: 'copying', jobId: job.id, error: null, missingParts: [] });
    for (let share = started.copiedBytes / started.totalBytes; share < 1; share = Math.min(1, share + 200 / COPY_MS)) {
      await world.clock.sleep(200);
      while (world.holdsCopies && share > 0 && world.volumes.has(started.volumeId)) await world.clock.sleep(50);
      if (!world.volumes.has(started.volumeId)) {
        world.putJob({ ...job, state: 'blocked', blockedOn: 'media-removed' });
        const error = { code: 'MEDIA_GONE', message: 'the medium does not answer', details: { part: 'part-0001.bin' } };
        put({ ...require(id), state: 'waiting-for-media', missingParts: ['part-0001.bin'], error });
        return;
      }
      const copiedBytes = Math.round(started.totalBytes * Math.min(1, share + 200 / COPY_MS));
      world.putJob({ ...job, progress: { done: copiedBytes, total: started.totalBytes, unit: 'bytes' } });
      put({ ...require(id), copiedBytes });
    }
    put({ ...require(id), state: 'verifying', copiedBytes: started.totalBytes });
    await world.clock.sleep(VERIFY_MS);
    const verdict =
      started.version === FOREIGN_ORIGIN_VERSION
        ? foreignOriginVerdict(started.version, world.clock.now())
        : verdictFor(started.version, world.clock.now(), started.version !== UNTRUSTED_VERSION);
    world.putJob({ ...job, state: 'done' });
    put({ ...require(id), state: verdict.verdict === 'accepted' ? 'awaiting-decision' : 'refused', verdict });
  }

  return {
    plan({ volumeId, bundleDigest }) {
      const { volume, bundle } = sourceOf(world, volumeId, bundleDigest);
      const plan: ImportPlan = {
        volumeId,
        bundleDigest,
        model: bundle.model,
        version: bundle.version,
        title: bundle.title,
        totalBytes: bundle.sizeBytes,
        alreadyHereBytes: 2_418_700,
        needBytes: bundle.sizeBytes - 2_418_700,
        rebuiltBytes: 0,
        freeBytes: 212_400_000_000,
        parts: [{ name: 'part-0001.bin', stick: 1, sizeBytes: bundle.sizeBytes, present: volume.set?.partsHere !== 0 }],
        signature: volume.signature ?? { at: 'none' },
        findings: [],
      };
      return Promise.resolve(plan);
    },
    start({ volumeId, bundleDigest }, person) {
      const { volume, bundle } = sourceOf(world, volumeId, bundleDigest);
      const now = world.clock.now();
      const view: ImportView = {
        id: world.ids.next(),
        state: 'planned',
        volumeId,
        volumeLabel: volume.label,
        volumeSerial: volume.serial,
        bundleDigest,
        model: bundle.model,
        version: bundle.version,
        title: bundle.title,
        totalBytes: bundle.sizeBytes,
        copiedBytes: 0,
        jobId: null,
        verdict: null,
        error: null,
        missingParts: [],
        startedBy: person.name,
        decidedBy: null,
        decisionReason: null,
        createdAt: now,
        updatedAt: now,
      };
      put(view);
      world.record(person, { stream: 'import', type: 'import.started', subject: view.id });
      void run(view.id);
      return Promise.resolve(require(view.id));
    },
    resume(importId) {
      const view = require(importId);
      if (!world.volumes.has(view.volumeId))
        throw new AppError('MEDIA_GONE', 'the medium is not back yet', { volumeId: view.volumeId });
      void run(importId);
      return Promise.resolve(require(importId));
    },
    accept({ importId, reason }, person) {
      const view = require(importId);
      if (view.state !== 'awaiting-decision')
        throw new AppError('IMPORT_NOT_DECIDABLE', `import ${importId} is ${view.state}`, { state: view.state });
      const bundle = bundleFor(view.version, world.bundles.size + 1, world.clock.now());
      world.bundles.set(view.bundleDigest, {
        ...bundle,
        summary: { ...bundle.summary, importId, acceptedBy: person.name },
      });
      world.record(person, { stream: 'import', type: 'import.accepted', subject: importId, payload: { reason } });
      return Promise.resolve(put({ ...view, state: 'accepted', decidedBy: person.name, decisionReason: reason }));
    },
    reject({ importId, reason }, person) {
      const view = require(importId);
      if (view.state !== 'awaiting-decision')
        throw new AppError('IMPORT_NOT_DECIDABLE', `import ${importId} is ${view.state}`, { state: view.state });
      world.record(person, { stream: 'import', type: 'import.rejected', subject: importId, payload: { reason } });
      return Promise.resolve(put({ ...view, state: 'rejected', decidedBy: person.name, decisionReason: reason }));
    },
    get: require,
    async report({ importId, format }, person) {
      const view = require(importId);
      const { verdict, state } = view;
      if (verdict === null) throw new AppError('IMPORT_NO_VERDICT', `import ${importId} is ${state}`, { importId });
      const bytes = await renderReport({ verdict, context: ImportContext.parse(view) }, format);
      world.record(person, { stream: 'import', type: 'import.report-exported', subject: importId });
      return {
        fileName: `gantry-import-${importId}.${format}`,
        mediaType: `application/${format}`,
        sizeBytes: bytes.length,
        digest: nodeHasher.sha256(bytes),
        contentBase64: Buffer.from(bytes).toString('base64'),
      };
    },
    reads: (importId) => {
      const view = require(importId);
      const range = { start: 0, end: view.copiedBytes };
      const parts = [{ name: 'part-0001.bin', stick: 1, ranges: [range], isCoarse: false }];
      const sticks = [{ label: view.volumeLabel, serial: view.volumeSerial, bytes: view.copiedBytes, parts }];
      return { sticks: view.copiedBytes === 0 ? [] : sticks, unnotedBytes: 0 };
    },
    // A stick of this id claims the set of whatever is imported.
    strangers: () =>
      Promise.resolve(
        world.volumes.has('usb-stranger')
          ? [
              {
                code: 'MEDIA_STICKS_DISAGREE',
                severity: 'block',
                at: world.volumes.get('usb-stranger')?.label ?? '',
                message: 'it says that it belongs to set set-1, and its index differs',
                next: 'Take out the named stick, or write the set again.',
              },
            ]
          : [],
      ),
    list: () => [...world.imports.values()].sort((a, b) => b.createdAt - a.createdAt),
  };
}

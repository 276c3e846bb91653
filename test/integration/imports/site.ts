import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImportState, ImportView } from '#contracts/media.ts';
import type { Person } from '#contracts/site.ts';
import type { TrustedKey, Verdict } from '#contracts/verdict.ts';
import { layoutInspector, withContainedVolumes } from '#core/media/index.ts';
import { isAppError, type Digest } from '#core/base/index.ts';
import type { DeltaCodec } from '#core/delta/ports.ts';
import type { BlobStore, StationStore } from '#core/storage/ports.ts';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { zstdDeltaCodec } from '#native/delta/index.ts';
import { folderBlobStore } from '#native/fs/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { nodeSignatureVerifier } from '#native/keys/index.ts';
import { inboxVolumeSource, nodeFolderOpener, nodeMediaAccess } from '#native/media/index.ts';
import { archiveOpener, archivesOn, withArchives } from '#native/archives/index.ts';
import { foldersOn, modelFolderOpener, withModelFolders } from '#native/model-folders/index.ts';
import { renderReport } from '#native/pdf/index.ts';
import { parseYaml } from '#native/yaml/index.ts';
import { openStationStore } from '#native/sqlite/index.ts';
import { createHashThreads } from '#native/workers/index.ts';
import { createBundleService } from '#station/bundles/create-bundle-service.ts';
import { createImportService, type RunningImports } from '#station/imports/create-import-service.ts';
import type { VerificationResult, VerifyImported } from '#station/imports/import-ports.ts';
import { createJobRunner } from '#station/jobs/create-job-runner.ts';
import { createMediaService } from '#station/media/create-media-service.ts';
import type { BundleService } from '#station/bundles/service.ts';
import type { MediaService } from '#station/media/service.ts';
import { scanHere } from '#test/support/scan-here.ts';
import type { JobRunner } from '#core/jobs/ports.ts';

export const engineer: Person = { id: 'eva', name: 'Eva Field', role: 'operator' };

export interface TestSite {
  readonly imports: RunningImports['service'];
  readonly media: MediaService;
  readonly bundles: BundleService;
  readonly blobs: BlobStore;
  readonly store: StationStore;
  readonly jobs: JobRunner;
  close(): Promise<void>;
}

export interface SiteOptions {
  readonly verify: VerifyImported;
  /** Version of the policy in force; 1 when absent. */
  readonly policyVersion?: () => number;
  /** Keys whose signature on a set's index counts; none when absent. */
  readonly trustedKeys?: readonly TrustedKey[];
  readonly deltaCodec?: DeltaCodec;
  readonly wrapBlobs?: (blobs: BlobStore) => BlobStore;
  readonly wrapMedia?: (access: typeof nodeMediaAccess) => typeof nodeMediaAccess;
}

/** The import side of a station on a real folder, database and job runner. */
export async function openSite(folder: string, options: SiteOptions): Promise<TestSite> {
  await mkdir(folder, { recursive: true });
  const clock = systemClock;
  const ids = randomIds(clock);
  const store = openStationStore({ path: join(folder, 'station.db'), clock, ids, hasher: nodeHasher });
  const hashThreads = createHashThreads();
  const plainBlobs = await folderBlobStore(join(folder, 'store'), hashThreads);
  const blobs = options.wrapBlobs?.(plainBlobs) ?? plainBlobs;
  const failures: unknown[] = [];
  const jobs = createJobRunner({
    store,
    clock,
    ids,
    concurrency: 2,
    logFailure: (error) => {
      // What a job tells is part of its outcome, and the test looks at that; a bug belongs to nobody.
      if (!isAppError(error) || error.code === 'INTERNAL') failures.push(error);
      return 'none';
    },
  });
  const access = withModelFolders(withArchives(options.wrapMedia?.(nodeMediaAccess) ?? nodeMediaAccess), {
    parseYaml,
    scanner: scanHere,
  });
  const inbox = inboxVolumeSource(join(folder, 'inbox'), 'Inbox');
  const media = createMediaService({
    sources: [withContainedVolumes(inbox, access, [archivesOn, foldersOn])],
    opener: modelFolderOpener(archiveOpener(nodeFolderOpener)),
    access,
    inspectLayout: layoutInspector(nodeHasher),
    indexTrust: () => ({ keys: options.trustedKeys ?? [], verifier: nodeSignatureVerifier }),
    store,
    hasher: nodeHasher,
    clock,
    onSourceFailure: (error) => {
      failures.push(error);
    },
  });
  const bundles = createBundleService({ store, blobs, standingOf: () => ({ findings: [], contract: null }) });
  const imports = createImportService({
    store,
    blobs,
    media,
    jobs,
    clock,
    ids,
    hasher: nodeHasher,
    renderReport,
    bundles: bundles.register,
    verify: options.verify,
    blockHasher: hashThreads,
    deltaCodec: options.deltaCodec ?? zstdDeltaCodec,
    openSealed: () => Promise.reject(new Error('no set of these tests is encrypted')),
    policyVersion: () => options.policyVersion?.() ?? 1,
    acceptUnderFloors: (_facts, decide) => Promise.resolve().then(decide),
    onWatchFailure: (error) => {
      failures.push(error);
    },
  });
  await imports.start();
  jobs.start();
  return {
    imports: imports.service,
    media,
    bundles: bundles.service,
    blobs,
    store,
    jobs,
    close: async () => {
      await imports.stop();
      await jobs.stop();
      await hashThreads.close();
      store.close();
      if (failures.length > 0) throw new AggregateError(failures, 'the station logged failures');
    },
  };
}

/** Waits until the import is in one of the states; the states passed on the way are not lost in the log. */
export async function reach(site: TestSite, importId: string, ...states: ImportState[]): Promise<ImportView> {
  const deadline = systemClock.monotonicMs() + 50_000;
  for (;;) {
    const view = site.imports.get(importId);
    if (states.includes(view.state)) return view;
    if (systemClock.monotonicMs() > deadline)
      throw new Error(`import is ${view.state}, not ${states.join(' or ')}: ${JSON.stringify(view.error)}`);
    await systemClock.sleep(10);
  }
}

/** Every complete blob, sorted: equal lists mean an unchanged store. */
export async function storedDigests(site: Pick<TestSite, 'blobs'>): Promise<Digest[]> {
  const digests: Digest[] = [];
  for await (const digest of site.blobs.list()) digests.push(digest);
  return digests.sort();
}

/** Types of the audit entries about an import, in order. */
export function auditTypes(site: TestSite, importId: string): string[] {
  return site.store.events.read(0, 1000, { subject: importId }).map((record) => record.type);
}

/** A verification that only reads every blob: for what happens around it. */
export function verdictOf(outcome: 'accepted' | 'refused'): VerifyImported {
  return ({ bundleDigest }): Promise<VerificationResult> => {
    const verdict: Verdict = {
      verdict: outcome,
      digest: bundleDigest,
      model: 'line4/solder',
      version: '1.0.0',
      channel: 'production',
      signer: null,
      facts: [],
      findings:
        outcome === 'accepted'
          ? []
          : [{ code: 'BUNDLE_UNSIGNED', severity: 'block', at: bundleDigest, message: 'there is no signature' }],
      policyVersion: 1,
      checkedAt: 1,
    };
    const contract = {
      v: 1 as const,
      model: 'line4/solder',
      inputs: [{ name: 'x', datatype: 'FP32' as const, shape: [1] }],
      outputs: [{ name: 'y', datatype: 'FP32' as const, shape: [1] }],
      preprocessing: '',
      tolerance: { rtol: 0, atol: 0 },
      objectives: { p99Ms: 1, errorRate: 0, doubtfulShare: 0, memoryBytes: 1 },
      labelClasses: [],
      safetyClass: 'none' as const,
    };
    const modelCard = { mediaType: 'text/markdown', digest: bundleDigest, size: 1 };
    return Promise.resolve({
      verdict,
      facts:
        outcome === 'refused'
          ? null
          : {
              summary: {
                digest: bundleDigest,
                model: 'line4/solder',
                version: '1.0.0',
                title: 'Solder joints',
                sequence: 1,
                channel: 'production',
                sizeBytes: 1,
                variants: [],
              },
              contract,
              modelCard,
              evaluation: {},
              provenance: null,
              components: [],
              closure: [{ mediaType: 'application/octet-stream', digest: bundleDigest, size: 1 }],
            },
    });
  };
}

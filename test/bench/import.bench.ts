/**
 * P1: an import (read, hash, verify, durable write) against `cp` then `sync`, and against `skopeo copy` of the same layout.
 * Run: node test/bench/import.bench.ts [MiB] [rounds]. skopeo is left out, with its reason, where it is not installed.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { MIB } from '#core/base/index.ts';
import { sourceBundleOf } from '#core/media/index.ts';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { nodeMediaAccess, writeMediaSet } from '#native/media/index.ts';
import { openLayout } from '#native/oci/index.ts';
import { sigstoreAttestations } from '#native/sigstore/index.ts';
import { createImportVerification } from '#station/imports/verify-for-import.ts';
import { aBundleSpec, aSignedLayout, writeSpecFiles } from '#test/support/bundles.ts';
import { aPolicy, aSigningKey, aTrustStore } from '#test/support/trust.ts';
import { engineer, openSite, reach } from '../integration/imports/site.ts';

const run = promisify(execFile);
const sizeBytes = Number(process.argv[2] ?? 512) * MIB;
const rounds = Number(process.argv[3] ?? 3);

const work = await mkdtemp(join(tmpdir(), 'gantry-bench-import-'));
try {
  await main();
} finally {
  await rm(work, { recursive: true, force: true });
}

async function main(): Promise<void> {
  const key = aSigningKey();
  const files = join(work, 'files');
  await writeSpecFiles(files);
  await writeNoise(join(files, 'engine.plan'), sizeBytes);
  const spec = aBundleSpec({ variants: [...aBundleSpec().variants, { id: 'gpu', runtime: 'tensorrt', runtimeVersion: '>=10', precision: 'fp16', providers: ['cuda'], os: 'linux', architecture: 'any', file: 'engine.plan' }] });
  const layout = await aSignedLayout({ key, spec, filesDir: files, outDir: work });
  const stick = await writeStick(layout.dir);
  const verify = createImportVerification({
    trust: () => aTrustStore(key), policy: () => aPolicy({ runtimes: ['onnxruntime', 'tensorrt'] }), sequenceFloor: () => null, lineContract: () => Promise.resolve(null),
    attestations: sigstoreAttestations, hasher: nodeHasher, clock: systemClock,
  });

  const contenders: [string, (round: number) => Promise<void>][] = [
    ['cp + sync', async (round) => {
      await run('cp', ['-r', layout.dir, join(work, `cp-${String(round)}`)]);
      await run('sync', ['-f', join(work, `cp-${String(round)}`)]);
    }],
    ['import (layout)', (round) => importOnce(layout.dir, join(work, `site-l${String(round)}`))],
    ['import (media set)', (round) => importOnce(stick, join(work, `site-m${String(round)}`))],
  ];
  if (await isInstalled('skopeo')) {
    contenders.push(['skopeo copy', async (round) => {
      // `--all` copies the index with every variant; referrers are not part of it, so skopeo has a little less to do.
      await run('skopeo', ['copy', '--all', '--insecure-policy', `oci:${layout.dir}:${spec.version}`, `oci:${join(work, `skopeo-${String(round)}`)}:x`]);
      await run('sync', ['-f', join(work, `skopeo-${String(round)}`)]);
    }]);
  } else console.log('skopeo is not installed: left out');

  async function importOnce(source: string, siteFolder: string): Promise<void> {
    const site = await openSite(siteFolder, { verify });
    try {
      const volume = await site.media.openFolder(source);
      const bundleDigest = volume.set?.bundles[0]?.digest;
      if (bundleDigest === undefined) throw new Error(`nothing to import: ${JSON.stringify(volume.problem)}`);
      const { id } = await site.imports.start({ volumeId: volume.id, bundleDigest }, engineer);
      const view = await reach(site, id, 'awaiting-decision', 'refused', 'failed');
      if (view.state !== 'awaiting-decision') throw new Error(`import ended ${view.state}: ${JSON.stringify(view.error)}`);
    } finally {
      await site.close();
    }
  }

  const best = new Map<string, number>();
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, contender] of contenders) {
      await run('sync', []);
      const startedAt = performance.now();
      await contender(round);
      const seconds = (performance.now() - startedAt) / 1000;
      best.set(name, Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, seconds));
      console.log(`round ${String(round + 1)}  ${name.padEnd(20)} ${seconds.toFixed(2)} s  ${(sizeBytes / MIB / seconds).toFixed(0)} MiB/s`);
    }
    for (const prefix of ['cp-', 'site-l', 'site-m', 'skopeo-']) await rm(join(work, `${prefix}${String(round)}`), { recursive: true, force: true });
  }
  report(best);
}

function report(best: ReadonlyMap<string, number>): void {
  const ratio = (peer: string, own: string): string => {
    const [theirs, ours] = [best.get(peer), best.get(own)];
    return theirs === undefined || ours === undefined ? 'not measured' : `${(theirs / ours).toFixed(2)} x`;
  };
  for (const own of ['import (layout)', 'import (media set)']) {
    console.log(`P1 ${own.padEnd(20)} ${ratio('cp + sync', own)} of cp+sync (target 0.8)   ${ratio('skopeo copy', own)} of skopeo copy (target 1.5)`);
  }
}

/** The stick as the writer makes it, on the same disk. */
async function writeStick(layoutDir: string): Promise<string> {
  const folder = await mkdtemp(join(work, 'stick-'));
  const reader = await openLayout(layoutDir);
  const bundles = await Promise.all(reader.bundles().map((bundle) => sourceBundleOf(reader, bundle, reader.referrersOf(bundle.digest))));
  const volume = { id: 'bench', kind: 'folder' as const, mountPath: folder, label: '', serial: null, fileSystem: null, totalBytes: null, freeBytes: null, readOnly: false };
  const target = { reader: nodeMediaAccess.reader(volume), writer: nodeMediaAccess.writer(volume), freeBytes: null };
  await writeMediaSet({ bundles, blobs: reader, targets: [target], partBytes: 4 * 1024 * MIB - 1, clock: systemClock, ids: randomIds(systemClock) });
  return folder;
}

/** Bytes that no file system can compress or share. */
async function writeNoise(path: string, bytes: number): Promise<void> {
  const out = createWriteStream(path);
  for (let written = 0; written < bytes; written += MIB) if (!out.write(randomBytes(MIB))) await once(out, 'drain');
  out.end();
  await once(out, 'finish');
}

async function isInstalled(tool: string): Promise<boolean> {
  return run(tool, ['--version']).then(() => true, () => false);
}

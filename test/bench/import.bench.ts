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
import { mediaTarget, writeMediaSet } from '#native/media/index.ts';
import { openLayout } from '#native/oci/index.ts';
import { sigstoreAttestations } from '#native/sigstore/index.ts';
import type { VerifyImported } from '#station/imports/import-ports.ts';
import { createImportVerification } from '#station/imports/verify-for-import.ts';
import { median, printResult } from '#scripts/benchmarks/bench-result.ts';
import { aBundleSpec, aSignedLayout, writeSpecFiles } from '#test/support/bundles.ts';
import { aPolicy, aSigningKey, aTrustStore } from '#test/support/trust.ts';
import { engineer, openSite, reach } from '../integration/imports/site.ts';
import { scanHere } from '#test/support/scan-here.ts';

/** One way to bring a layout in; a round gives its seconds. */
interface Contender {
  readonly name: string;
  round(folder: string): Promise<number>;
}

const run = promisify(execFile);
const sizeBytes = Number(process.argv[2] ?? 1024) * MIB;
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
  const spec = aBundleSpec({
    variants: [
      ...aBundleSpec().variants,
      {
        id: 'gpu',
        runtime: 'tensorrt',
        runtimeVersion: '10.3.0',
        precision: 'fp16',
        providers: ['cuda'],
        os: 'linux',
        architecture: 'any',
        file: 'engine.plan',
      },
    ],
  });
  const layout = await aSignedLayout({ key, spec, filesDir: files, outDir: work });
  const stick = await writeStick(layout.dir);
  const verify = createImportVerification({
    trust: () => aTrustStore(key),
    policy: () => aPolicy({ runtimes: ['onnxruntime', 'tensorrt'] }),
    sequenceFloor: () => null,
    lineContract: () => Promise.resolve(null),
    attestations: sigstoreAttestations,
    hasher: nodeHasher,
    scanner: scanHere,
    clock: systemClock,
    timeFloor: () => null,
  });

  const contenders: Contender[] = [
    { name: 'cp + sync', round: (folder) => plain('cp', ['-r', layout.dir, folder], folder) },
    { name: 'import (layout)', round: (folder) => importOnce(layout.dir, folder, verify) },
    { name: 'import (media set)', round: (folder) => importOnce(stick, folder, verify) },
  ];
  if (await isInstalled('skopeo')) {
    // `--all` copies the index with every variant; referrers are not part of it, so skopeo has a little less to do.
    const copy = ['copy', '--all', '--insecure-policy', `oci:${layout.dir}:${spec.version}`];
    contenders.push({ name: 'skopeo copy', round: (folder) => plain('skopeo', [...copy, `oci:${folder}:x`], folder) });
  } else console.log('skopeo is not installed: left out');
  report(await takeTurns(contenders));
}

/** Seconds of each round, every contender in each round: what else the machine does meets all of them. */
async function takeTurns(contenders: readonly Contender[]): Promise<Map<string, number[]>> {
  const seconds = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const { name, round: take } of contenders) {
      const folder = join(work, `round-${String(round)}`);
      await run('sync', []);
      const took = await take(folder);
      seconds.get(name)?.push(took);
      console.log(
        `round ${String(round)}  ${name.padEnd(20)} ${took.toFixed(2)} s  ${(sizeBytes / MIB / took).toFixed(0)} MiB/s`,
      );
      await rm(folder, { recursive: true, force: true });
    }
  }
  return seconds;
}

async function plain(command: string, args: readonly string[], folder: string): Promise<number> {
  const startedAt = performance.now();
  await run(command, args);
  await run('sync', ['-f', folder]);
  return (performance.now() - startedAt) / 1000;
}

/** From looking at the medium to the verdict, on a station that runs: `cp` does not make its file system first either. */
async function importOnce(source: string, siteFolder: string, verify: VerifyImported): Promise<number> {
  const site = await openSite(siteFolder, { verify });
  try {
    const startedAt = performance.now();
    const volume = await site.media.openFolder(source);
    const bundleDigest = volume.set?.bundles[0]?.digest;
    if (bundleDigest === undefined) throw new Error(`nothing to import: ${JSON.stringify(volume.problem)}`);
    const { id } = await site.imports.start({ volumeId: volume.id, bundleDigest }, engineer);
    const view = await reach(site, id, 'awaiting-decision', 'refused', 'failed');
    if (view.state !== 'awaiting-decision')
      throw new Error(`import ended ${view.state}: ${JSON.stringify(view.error)}`);
    return (performance.now() - startedAt) / 1000;
  } finally {
    await site.close();
  }
}

/** How many times quicker than the peer, by the medians; the best rounds are shown beside it, since a busy moment spoils a round. */
function report(seconds: ReadonlyMap<string, readonly number[]>): void {
  for (const own of ['import (layout)', 'import (media set)']) {
    for (const [peer, goal] of [
      ['cp + sync', 0.8],
      ['skopeo copy', 1.5],
    ] as const) {
      const [theirs, ours] = [seconds.get(peer), seconds.get(own)];
      if (theirs === undefined || ours === undefined) continue;
      const speed = median(theirs) / median(ours);
      const best = Math.min(...theirs) / Math.min(...ours);
      const value = `${speed.toFixed(2)} x (best rounds ${best.toFixed(2)} x)`;
      printResult({
        id: 'P1',
        what: `${own} against ${peer}`,
        value,
        goal: `at least ${String(goal)} x`,
        ofGoal: speed / goal,
      });
    }
  }
}

/** The stick as the writer makes it, on the same disk. */
async function writeStick(layoutDir: string): Promise<string> {
  const folder = await mkdtemp(join(work, 'stick-'));
  const reader = await openLayout(layoutDir);
  const bundles = await Promise.all(
    reader.bundles().map((bundle) => sourceBundleOf(reader, bundle, reader.referrersOf(bundle.digest))),
  );
  const target = await mediaTarget(folder);
  await writeMediaSet({
    bundles,
    blobs: reader,
    targets: [target],
    partBytes: 4 * 1024 * MIB - 1,
    clock: systemClock,
    ids: randomIds(systemClock),
  });
  return folder;
}

/** Bytes that no file system can compress or share. */
async function writeNoise(path: string, bytes: number): Promise<void> {
  const out = createWriteStream(path);
  // The mark of an engine: the scanner tells a variant's kind by its content.
  out.write('ftrt');
  for (let written = 0; written < bytes; written += MIB) if (!out.write(randomBytes(MIB))) await once(out, 'drain');
  out.end();
  await once(out, 'finish');
}

async function isInstalled(tool: string): Promise<boolean> {
  return run(tool, ['--version']).then(
    () => true,
    () => false,
  );
}

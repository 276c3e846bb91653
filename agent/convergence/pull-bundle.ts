import { ImageIndex, ImageManifest, type Descriptor } from '#contracts/bundle.ts';
import { AppError, MIB, type Digest } from '#core/base/index.ts';
import type { BlobStore, PartialBlob } from '#core/storage/ports.ts';
import type { RegistryClient } from '#native/registry-client/index.ts';

export interface PullTarget {
  readonly repository: string;
  readonly bundleDigest: Digest;
}

export interface PullPorts {
  readonly registry: RegistryClient;
  readonly store: BlobStore;
  readonly signal: AbortSignal;
  readonly onProgress: (doneBytes: number, totalBytes: number) => void;
}

/** Everything that a bundle consists of, as the mirror has it. */
export interface PulledBundle {
  readonly referrers: readonly Digest[];
  readonly blobs: readonly Digest[];
  readonly totalBytes: number;
}

const MANIFEST_LIMIT_BYTES = 4 * MIB;
/** A bundle has tens of manifests; thousands are an attack. */
const MAX_MANIFESTS = 512;
/** Durable this often, so that a power cut costs seconds of a slow link. */
const CHECKPOINT_BYTES = 8 * MIB;
/** Left on the disk for everything else of the gateway. */
const SPARE_BYTES = 64 * MIB;

/** Pulls the whole closure: index, manifests, layers, referrers. What is here already is not pulled again; a cut transfer goes on where it stopped. */
export async function pullBundle(target: PullTarget, ports: PullPorts): Promise<PulledBundle> {
  const manifests = new Map<Digest, Descriptor[]>();
  const referrers = await ports.registry.referrers(target.repository, target.bundleDigest);
  for (const root of [target.bundleDigest, ...referrers.map((descriptor) => descriptor.digest)])
    await pullManifests(target.repository, root, manifests, ports);
  const layers = new Map([...manifests.values()].flat().map((descriptor) => [descriptor.digest, descriptor]));
  await pullLayers(target.repository, [...layers.values()], ports);
  return {
    referrers: referrers.map((descriptor) => descriptor.digest),
    blobs: [...manifests.keys(), ...layers.keys()],
    totalBytes: [...layers.values()].reduce((sum, layer) => sum + layer.size, 0),
  };
}

/** Walks from a manifest or index down; collects the descriptors that are not manifests themselves. */
async function pullManifests(
  repository: string,
  digest: Digest,
  found: Map<Digest, Descriptor[]>,
  ports: PullPorts,
): Promise<void> {
  if (found.has(digest)) return;
  if (found.size >= MAX_MANIFESTS)
    throw new AppError('BUNDLE_MANIFEST_INVALID', `a bundle may have ${String(MAX_MANIFESTS)} manifests`);
  ports.signal.throwIfAborted();
  if (!(await ports.store.has(digest))) {
    const bytes = await ports.registry.manifest(repository, digest);
    await ports.store.put(digest, once(bytes));
  }
  const json = parseJson(await ports.store.read(digest, MANIFEST_LIMIT_BYTES), digest);
  const index = ImageIndex.safeParse(json);
  if (index.success) {
    found.set(digest, []);
    for (const child of index.data.manifests) await pullManifests(repository, child.digest, found, ports);
    return;
  }
  const manifest = ImageManifest.safeParse(json);
  if (!manifest.success)
    throw new AppError(
      'BUNDLE_MANIFEST_INVALID',
      `${digest} is neither an index nor a manifest`,
      { digest },
      { cause: manifest.error },
    );
  found.set(digest, [manifest.data.config, ...manifest.data.layers]);
}

async function pullLayers(repository: string, layers: readonly Descriptor[], ports: PullPorts): Promise<void> {
  const missing: Descriptor[] = [];
  for (const layer of layers) if (!(await ports.store.has(layer.digest))) missing.push(layer);
  const total = layers.reduce((sum, layer) => sum + layer.size, 0);
  const needed = missing.reduce((sum, layer) => sum + layer.size, 0);
  const free = await ports.store.freeBytes();
  if (needed + SPARE_BYTES > free)
    throw new AppError('DISK_FULL', `${String(needed + SPARE_BYTES)} bytes are needed, ${String(free)} are free`, {
      needed,
      free,
    });
  let done = total - needed;
  ports.onProgress(done, total);
  for (const layer of missing) {
    await pullLayer(repository, layer, ports, (bytes) => {
      done += bytes;
      ports.onProgress(Math.min(done, total), total);
    });
  }
}

async function pullLayer(
  repository: string,
  layer: Descriptor,
  ports: PullPorts,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const partial = await ports.store.openPartial(layer.digest, layer.size);
  try {
    const from = partial.received[0]?.start === 0 ? partial.received[0].end : 0;
    onBytes(from);
    if (from < layer.size) {
      const { start, body } = await ports.registry.blob(repository, layer.digest, { from, signal: ports.signal });
      if (start < from) onBytes(start - from);
      await receive(partial, { start, body, layer, onBytes });
    }
    await partial.finish();
  } finally {
    await partial.close();
  }
}

async function receive(
  partial: PartialBlob,
  from: { start: number; body: AsyncIterable<Uint8Array>; layer: Descriptor; onBytes: (bytes: number) => void },
): Promise<void> {
  let at = from.start;
  let sinceCheckpoint = 0;
  try {
    for await (const chunk of from.body) {
      if (at + chunk.length > from.layer.size)
        throw new AppError(
          'BUNDLE_DIGEST_MISMATCH',
          `${from.layer.digest}: ${String(from.layer.size)} bytes expected, the mirror sends more`,
        );
      await partial.write(at, chunk);
      at += chunk.length;
      sinceCheckpoint += chunk.length;
      from.onBytes(chunk.length);
      if (sinceCheckpoint >= CHECKPOINT_BYTES) {
        await partial.checkpoint();
        sinceCheckpoint = 0;
      }
    }
  } finally {
    // Also when the link broke: what arrived is kept for the next try.
    await partial.checkpoint();
  }
  if (at < from.layer.size)
    throw new AppError(
      'MIRROR_UNREACHABLE',
      `${from.layer.digest} ended at ${String(at)} of ${String(from.layer.size)} bytes`,
    );
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes);
}

/** Untrusted: a manifest before its signature was checked. */
function parseJson(bytes: Uint8Array, digest: Digest): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new AppError('BUNDLE_MANIFEST_INVALID', `${digest} is not JSON`, { digest }, { cause });
  }
}

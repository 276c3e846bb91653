import { createHash } from 'node:crypto';
import { ANNOTATIONS, MEDIA_TYPES, type Descriptor } from '#contracts/bundle.ts';
import type { BundleSummary } from '#contracts/verdict.ts';
import { AppError, type Digest } from '#core/base/index.ts';
import type { BlobStore } from '#core/storage/ports.ts';
import type { MirrorDeps } from '#station/mirror/deps.ts';

/** A bundle in the shape of design.md 5.1 without signatures that verify: the mirror serves what was accepted and judges nothing. */
export interface SmallBundle {
  readonly model: string;
  readonly version: string;
  readonly digest: Digest;
  readonly indexBytes: Uint8Array;
  readonly manifest: Digest;
  readonly manifestBytes: Uint8Array;
  readonly weights: Digest;
  readonly weightBytes: Uint8Array;
  readonly empty: Digest;
  readonly signature: Digest;
  readonly sbom: Digest;
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
  readonly closure: readonly Descriptor[];
}

export function aSmallBundle(options: { model?: string; version?: string; weights?: Uint8Array } = {}): SmallBundle {
  const blobs = new Map<Digest, Uint8Array>();
  const closure: Descriptor[] = [];
  const add = (bytes: Uint8Array, mediaType: string): Descriptor => {
    const digest: Digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    blobs.set(digest, bytes);
    const descriptor = { mediaType, digest, size: bytes.length };
    closure.push(descriptor);
    return descriptor;
  };
  const json = (value: unknown, mediaType: string): Descriptor => add(Buffer.from(JSON.stringify(value)), mediaType);
  const model = options.model ?? 'plant/defects';
  const version = options.version ?? '1.0.0';
  const weightBytes = options.weights ?? Buffer.from(Array.from({ length: 3000 }, (_, at) => at % 251));

  const config = json({ descriptor: { name: model, version } }, MEDIA_TYPES.modelConfig);
  const weights = {
    ...add(weightBytes, MEDIA_TYPES.modelWeights),
    annotations: { [ANNOTATIONS.filepath]: 'model.onnx' },
  };
  const empty = add(new Uint8Array(), MEDIA_TYPES.modelDoc);
  const manifest = json(
    {
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociManifest,
      artifactType: MEDIA_TYPES.modelManifest,
      config,
      layers: [weights, empty],
    },
    MEDIA_TYPES.ociManifest,
  );
  const index = json(
    { schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, artifactType: MEDIA_TYPES.bundle, manifests: [manifest] },
    MEDIA_TYPES.ociIndex,
  );
  const referrer = (kind: string, artifactType: string | undefined): Digest => {
    const layer = json({ kind }, MEDIA_TYPES.sigstoreBundle);
    const emptyConfig = add(
      Buffer.from('{}'),
      artifactType === undefined ? 'application/vnd.example.sbom.config' : MEDIA_TYPES.emptyJson,
    );
    const annotations = { [ANNOTATIONS.predicateType]: kind };
    return json(
      {
        schemaVersion: 2,
        mediaType: MEDIA_TYPES.ociManifest,
        ...(artifactType === undefined ? {} : { artifactType }),
        config: emptyConfig,
        layers: [layer],
        subject: index,
        annotations,
      },
      MEDIA_TYPES.ociManifest,
    ).digest;
  };
  const signature = referrer('signature', MEDIA_TYPES.sigstoreBundle);
  const sbom = referrer('sbom', undefined);
  return {
    model,
    version,
    digest: index.digest,
    indexBytes: bytesOf(blobs, index.digest),
    manifest: manifest.digest,
    manifestBytes: bytesOf(blobs, manifest.digest),
    weights: weights.digest,
    weightBytes,
    empty: empty.digest,
    signature,
    sbom,
    blobs,
    closure,
  };
}

export async function putBundle(store: BlobStore, bundle: SmallBundle): Promise<void> {
  for (const [digest, bytes] of bundle.blobs) await store.put(digest, once(bytes));
}

/** The accepted bundles as station/bundles tells of them. */
export function acceptedBundles(bundles: readonly SmallBundle[]): MirrorDeps['bundles'] {
  const summaryOf = (bundle: SmallBundle): BundleSummary => ({
    digest: bundle.digest,
    model: bundle.model,
    version: bundle.version,
    title: bundle.model,
    sequence: 1,
    channel: 'production',
    sizeBytes: bundle.weightBytes.length,
    variants: [
      {
        id: 'cpu',
        runtime: 'onnxruntime',
        precision: 'fp32',
        digest: bundle.manifest,
        sizeBytes: bundle.weightBytes.length,
      },
    ],
    acceptedAt: 1,
    acceptedBy: 'olga',
    importId: 'i1',
    signer: null,
  });
  return {
    list: () => bundles.map(summaryOf),
    closureOf: (digest) => {
      const bundle = bundles.find((each) => each.digest === digest);
      if (bundle === undefined) throw new AppError('NOT_FOUND', 'no such bundle');
      return { closure: bundle.closure, referrers: [bundle.signature, bundle.sbom] };
    },
  };
}

function bytesOf(blobs: ReadonlyMap<Digest, Uint8Array>, digest: Digest): Uint8Array {
  return blobs.get(digest) ?? new Uint8Array();
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes);
}

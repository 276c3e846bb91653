import { ImageManifest, PREDICATE_TYPES, type Descriptor } from '#contracts/bundle.ts';
import { AppError, toIsoUtc, type Digest, type Instant } from '#core/base/index.ts';
import {
  BUNDLE_LIMITS,
  packReferrer,
  predicateTypeOf,
  readBytes,
  readDocument,
  selectBundle,
  unsignedStatements,
  type PackedReferrer,
} from '#core/bundle/index.ts';
import type { SigningKey } from '#core/keys/ports.ts';
import { statementBytes } from '#core/provenance/index.ts';
import type { Json } from '#core/base/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { createLayoutWriter, openLayout, type LayoutReader } from '#native/oci/index.ts';
import { signStatement } from '#native/sigstore/index.ts';

export interface SigningRequest {
  readonly dir: string;
  readonly key: SigningKey;
  readonly now: Instant;
  /** Version or digest, when the layout holds several bundles. */
  readonly bundle?: string;
}

export interface SignedLayout {
  readonly bundle: Digest;
  /** Predicate types that were signed, in order. */
  readonly signed: readonly string[];
}

/**
 * Signs the bundle (cosign's sign predicate) and every statement that waits for a signature; each becomes a referrer with a
 * Sigstore bundle, and the unsigned statement goes away.
 */
export async function signLayout(request: SigningRequest): Promise<SignedLayout> {
  const layout = await openLayout(request.dir);
  const bundle = selectBundle(layout.index, request.bundle);
  const waiting = unsignedStatements(layout.index, layout.referrersOf(bundle.digest));
  const signature = {
    predicateType: PREDICATE_TYPES.signature,
    statement: statementOf(bundle, PREDICATE_TYPES.signature, {}),
  };
  const pending = await Promise.all(
    waiting.map(async (referrer) => ({
      predicateType: predicateTypeOf(referrer),
      statement: await contentOf(layout, referrer),
    })),
  );
  const sealed: PackedReferrer[] = [];
  for (const { predicateType, statement } of [signature, ...pending])
    sealed.push(await seal(bundle, { predicateType, statement }, request));
  await replaceReferrers(request.dir, layout, { drop: waiting, add: sealed });
  return { bundle: bundle.digest, signed: [signature, ...pending].map(({ predicateType }) => predicateType) };
}

/** Signs one predicate about the bundle and attaches it. */
export async function attestLayout(
  request: SigningRequest,
  predicateType: string,
  predicate: Json,
): Promise<SignedLayout> {
  const layout = await openLayout(request.dir);
  const bundle = selectBundle(layout.index, request.bundle);
  const sealed = await seal(
    bundle,
    { predicateType, statement: statementOf(bundle, predicateType, predicate) },
    request,
  );
  await replaceReferrers(request.dir, layout, { drop: [], add: [sealed] });
  return { bundle: bundle.digest, signed: [predicateType] };
}

function statementOf(bundle: Descriptor, predicateType: string, predicate: Json): Uint8Array {
  return statementBytes({ subject: [{ name: nameOf(bundle), digest: bundle.digest }], predicateType, predicate });
}

function nameOf(bundle: Descriptor): string {
  return `${bundle.annotations?.['io.gantry.model'] ?? ''}:${bundle.annotations?.['org.opencontainers.image.version'] ?? ''}`;
}

async function seal(
  bundle: Descriptor,
  content: { predicateType: string; statement: Uint8Array },
  request: SigningRequest,
): Promise<PackedReferrer> {
  const signed = await signStatement(content.statement, request.key);
  return packReferrer(
    {
      subject: bundle,
      content: signed,
      kind: 'sigstore',
      predicateType: content.predicateType,
      createdAt: toIsoUtc(request.now),
    },
    nodeHasher,
  );
}

async function contentOf(layout: LayoutReader, referrer: Descriptor): Promise<Uint8Array> {
  const manifest = await readDocument(layout, referrer, {
    schema: ImageManifest,
    limitBytes: BUNDLE_LIMITS.manifestBytes,
  });
  const layer = manifest.ok ? manifest.value.layers[0] : undefined;
  const bytes = layer === undefined ? null : await readBytes(layout, layer, BUNDLE_LIMITS.attestationBytes);
  if (bytes?.ok !== true)
    throw new AppError('BUNDLE_LAYOUT_INVALID', 'a statement of the layout cannot be read', {
      digest: referrer.digest,
    });
  return bytes.value;
}

/** Blobs first, then index.json, then what it no longer names: a cut at any point leaves a whole layout. */
async function replaceReferrers(
  dir: string,
  layout: LayoutReader,
  change: { drop: readonly Descriptor[]; add: readonly PackedReferrer[] },
): Promise<void> {
  const writer = await createLayoutWriter(dir);
  const blobs = change.add.flatMap((referrer) => referrer.blobs);
  for (const blob of blobs) await writer.putBytes(blob.descriptor.digest, blob.bytes);
  const kept = layout.index.manifests.filter((manifest) => !change.drop.includes(manifest));
  await writer.writeIndex([...kept, ...change.add.map((referrer) => referrer.manifest.descriptor)]);
  for (const digest of await blobsOf(layout, change.drop)) await writer.removeBlob(digest);
}

/** The manifest and statement of each dropped referrer; its empty configuration is shared and stays. */
async function blobsOf(layout: LayoutReader, referrers: readonly Descriptor[]): Promise<Digest[]> {
  const digests: Digest[] = [];
  for (const referrer of referrers) {
    const manifest = await readDocument(layout, referrer, {
      schema: ImageManifest,
      limitBytes: BUNDLE_LIMITS.manifestBytes,
    });
    digests.push(referrer.digest, ...(manifest.ok ? manifest.value.layers.map((layer) => layer.digest) : []));
  }
  return digests;
}

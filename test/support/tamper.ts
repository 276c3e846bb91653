import { readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ANNOTATIONS,
  ImageIndex,
  ImageManifest,
  MEDIA_TYPES,
  PREDICATE_TYPES,
  type Descriptor,
} from '#contracts/bundle.ts';
import { canonicalJson, digestHex, type Digest, type Json } from '#core/base/index.ts';
import { packReferrer } from '#core/bundle/index.ts';
import type { SigningKey } from '#core/keys/ports.ts';
import { statementBytes } from '#core/provenance/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { createLayoutWriter, openLayout } from '#native/oci/index.ts';
import { signStatement } from '#native/sigstore/index.ts';

/** How a layout is damaged. What comes before signing is signed with it: a hostile publisher; what comes after is a hostile carrier. */
export type Tamper =
  | 'none'
  | 'unsigned'
  | 'weights'
  | 'truncated'
  | 'missing-blob'
  | 'manifest'
  | 'signature'
  | 'subject'
  | 'no-provenance'
  | 'no-sbom'
  | 'wrong-sbom'
  | 'symlink'
  | 'oversized-manifest'
  | 'path-escape'
  | 'duplicate-key';

/** Damage that the publisher signs. */
export async function tamperBeforeSigning(dir: string, digest: Digest, tamper: Tamper): Promise<Digest> {
  switch (tamper) {
    case 'no-provenance':
      await dropStatement(dir, PREDICATE_TYPES.provenance);
      return digest;
    case 'no-sbom':
    case 'wrong-sbom':
      await dropStatement(dir, PREDICATE_TYPES.sbom);
      return digest;
    case 'path-escape':
      return rewriteBundle(dir, digest, (manifest) => ({
        ...manifest,
        layers: manifest.layers.map((layer, at) =>
          at === 0 ? { ...layer, annotations: { [ANNOTATIONS.filepath]: '../../etc/cron.d/gantry' } } : layer,
        ),
      }));
    case 'oversized-manifest':
      return rewriteBundle(dir, digest, (manifest) => ({
        ...manifest,
        annotations: { padding: 'x'.repeat(5 * 1024 * 1024) },
      }));
    default:
      return digest;
  }
}

/** Damage on the way. */
export async function tamperAfterSigning(
  dir: string,
  digest: Digest,
  options: { key: SigningKey; tamper: Tamper },
): Promise<void> {
  const weights = (): Promise<string> => blobOfType(dir, digest, MEDIA_TYPES.modelWeights);
  switch (options.tamper) {
    case 'weights':
      await flipByte(await weights());
      return;
    case 'truncated':
      await truncate(await weights(), 10);
      return;
    case 'missing-blob':
      await rm(await weights());
      return;
    case 'manifest':
      await flipByte(join(dir, 'blobs', 'sha256', digestHex(digest)));
      return;
    case 'symlink': {
      const path = await weights();
      await rename(path, `${path}.moved`);
      await symlink(`${path}.moved`, path);
      return;
    }
    case 'signature':
      await replaceSignature(dir, digest, (bundle) => ({
        ...bundle,
        dsseEnvelope: {
          ...bundle.dsseEnvelope,
          signatures: [
            { ...bundle.dsseEnvelope.signatures[0], sig: Buffer.from('not this signature').toString('base64') },
          ],
        },
      }));
      return;
    case 'subject':
      await signOther(dir, digest, options.key);
      return;
    case 'duplicate-key':
      await replaceSignature(
        dir,
        digest,
        (bundle) => bundle,
        (text) =>
          text.replace('"mediaType":', '"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","mediaType":'),
      );
      return;
    case 'wrong-sbom':
      await attach(dir, digest, {
        predicateType: PREDICATE_TYPES.sbom,
        content: await signStatement(
          statement(digest, PREDICATE_TYPES.sbom, { bomFormat: 'CycloneDX', specVersion: '1.6', components: [] }),
          options.key,
        ),
      });
      return;
    default:
      return;
  }
}

async function flipByte(path: string): Promise<void> {
  const bytes = await readFile(path);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

async function readJson<T>(dir: string, digest: Digest, schema: { parse(value: unknown): T }): Promise<T> {
  return schema.parse(JSON.parse(await readFile(join(dir, 'blobs', 'sha256', digestHex(digest)), 'utf8')));
}

async function blobOfType(dir: string, bundle: Digest, mediaType: string): Promise<string> {
  const index = await readJson(dir, bundle, ImageIndex);
  for (const { digest } of index.manifests) {
    const layer = (await readJson(dir, digest, ImageManifest)).layers.find(
      (candidate) => candidate.mediaType === mediaType,
    );
    if (layer !== undefined) return join(dir, 'blobs', 'sha256', digestHex(layer.digest));
  }
  throw new Error(`the bundle has no layer of type ${mediaType}`);
}

/** Takes the statements of a kind off. */
export async function dropStatement(dir: string, predicateType: string): Promise<void> {
  const { index } = await openLayout(dir);
  await (
    await createLayoutWriter(dir)
  ).writeIndex(
    index.manifests.filter((manifest) => manifest.annotations?.[ANNOTATIONS.predicateType] !== predicateType),
  );
}

/** Rewrites the contract manifest, and with it the index: every digest is right again, and only the edit is wrong. */
async function rewriteBundle(
  dir: string,
  bundle: Digest,
  edit: (manifest: ImageManifest) => ImageManifest,
): Promise<Digest> {
  const writer = await createLayoutWriter(dir);
  const put = async (document: object): Promise<{ digest: Digest; size: number }> => {
    const bytes = new TextEncoder().encode(canonicalJson(JSON.parse(JSON.stringify(document)) as Json));
    const digest = nodeHasher.sha256(bytes);
    await writer.putBytes(digest, bytes);
    return { digest, size: bytes.length };
  };
  const index = await readJson(dir, bundle, ImageIndex);
  const manifests: Descriptor[] = [];
  for (const descriptor of index.manifests) {
    const isContract = descriptor.artifactType === MEDIA_TYPES.contractManifest;
    manifests.push(
      isContract
        ? { ...descriptor, ...(await put(edit(await readJson(dir, descriptor.digest, ImageManifest)))) }
        : descriptor,
    );
  }
  const rewritten = await put({ ...index, manifests });
  const layout = await openLayout(dir);
  // Statements about the old digest go away; `bundle sign` would seal them for other content.
  await writer.writeIndex(
    layout.index.manifests.filter((listed) => listed.digest === bundle).map((listed) => ({ ...listed, ...rewritten })),
  );
  return rewritten.digest;
}

export type SignedDocument = { dsseEnvelope: { signatures: object[] } };

/** Replaces the signature by an edited one; everything else stays right. */
export async function replaceSignature(
  dir: string,
  bundle: Digest,
  edit: (document: SignedDocument) => object,
  editText: (text: string) => string = (text) => text,
): Promise<void> {
  const layout = await openLayout(dir);
  const referrer = layout.index.manifests.find(
    (manifest) => manifest.annotations?.[ANNOTATIONS.predicateType] === PREDICATE_TYPES.signature,
  );
  if (referrer === undefined) throw new Error('the layout is not signed');
  const [layer] = (await readJson(dir, referrer.digest, ImageManifest)).layers;
  if (layer === undefined) throw new Error('the signature has no layer');
  const text = await readFile(join(dir, 'blobs', 'sha256', digestHex(layer.digest)), 'utf8');
  const content = new TextEncoder().encode(editText(JSON.stringify(edit(JSON.parse(text) as SignedDocument))));
  await attach(dir, bundle, { predicateType: PREDICATE_TYPES.signature, content, drop: referrer.digest });
}

/** Replaces the signature by one that is good, but speaks about other content. */
async function signOther(dir: string, bundle: Digest, key: SigningKey): Promise<void> {
  const layout = await openLayout(dir);
  const other: Digest = `sha256:${'0'.repeat(64)}`;
  const drop = layout.index.manifests.find(
    (manifest) => manifest.annotations?.[ANNOTATIONS.predicateType] === PREDICATE_TYPES.signature,
  )?.digest;
  const content = await signStatement(statement(other, PREDICATE_TYPES.signature, {}), key);
  await attach(dir, bundle, {
    predicateType: PREDICATE_TYPES.signature,
    content,
    ...(drop === undefined ? {} : { drop }),
  });
}

/** The bytes of a statement about the bundle. */
export function statement(digest: Digest, predicateType: string, predicate: Json): Uint8Array {
  return statementBytes({ subject: [{ name: 'plant/scale:1.0.0', digest }], predicateType, predicate });
}

/** Attaches a document to the bundle. */
export async function attach(
  dir: string,
  bundle: Digest,
  referrer: { predicateType: string; content: Uint8Array; drop?: Digest },
): Promise<void> {
  const layout = await openLayout(dir);
  const subject = layout.index.manifests.find((manifest) => manifest.digest === bundle);
  if (subject === undefined) throw new Error('the layout does not list the bundle');
  const writer = await createLayoutWriter(dir);
  const packed = packReferrer(
    {
      subject,
      content: referrer.content,
      kind: 'sigstore',
      predicateType: referrer.predicateType,
      createdAt: '2026-03-01T12:00:00.000Z',
    },
    nodeHasher,
  );
  for (const blob of packed.blobs) await writer.putBytes(blob.descriptor.digest, blob.bytes);
  await writer.writeIndex([
    ...layout.index.manifests.filter((manifest) => manifest.digest !== referrer.drop),
    packed.manifest.descriptor,
  ]);
}

import { describe, expect, it } from 'vitest';
import { MEDIA_TYPES, type Descriptor, type ImageIndex } from '#contracts/bundle.ts';
import { AppError, type Digest } from '#core/base/index.ts';
import { findLayoutReferrers, listedBundles, readBundle } from '#core/bundle/index.ts';
import type { BlobReader } from '#core/storage/ports.ts';
import { nodeHasher } from '#native/hash/index.ts';

const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
const DSSE = 'application/vnd.dsse.envelope.v1+json';

class Blobs {
  readonly content = new Map<Digest, Uint8Array>();

  add(document: object, mediaType: string, annotations: Record<string, string> = {}): Descriptor {
    const bytes = new TextEncoder().encode(JSON.stringify(document));
    const digest = nodeHasher.sha256(bytes);
    this.content.set(digest, bytes);
    return { mediaType, digest, size: bytes.length, annotations };
  }

  readonly read = (digest: Digest): Promise<Uint8Array> => {
    const bytes = this.content.get(digest);
    return bytes === undefined ? Promise.reject(new AppError('NOT_FOUND', digest, { digest })) : Promise.resolve(bytes);
  };

  reader(): BlobReader {
    return {
      size: (digest) => Promise.resolve(this.content.get(digest)?.length),
      read: this.read,
      stream: () => {
        throw new Error('nothing is streamed here');
      },
    };
  }
}

const tag = (name: string): Record<string, string> => ({ 'org.opencontainers.image.ref.name': name });

function aLayout(): { blobs: Blobs; bundle: Descriptor; hex: string } {
  const blobs = new Blobs();
  const bundle = blobs.add(
    { schemaVersion: 2, artifactType: MEDIA_TYPES.bundle, manifests: [] },
    MEDIA_TYPES.ociIndex,
    tag('1.0.0'),
  );
  return { blobs, bundle, hex: bundle.digest.slice('sha256:'.length) };
}

function aManifest(blobs: Blobs, layers: Descriptor[], more: object = {}, name?: string): Descriptor {
  const config = blobs.add({}, 'application/vnd.oci.image.config.v1+json');
  const document = { schemaVersion: 2, mediaType: MEDIA_TYPES.ociManifest, config, layers, ...more };
  return blobs.add(document, MEDIA_TYPES.ociManifest, name === undefined ? {} : tag(name));
}

const indexOf = (...manifests: Descriptor[]): ImageIndex => ({ schemaVersion: 2, manifests });

describe('findLayoutReferrers', () => {
  it.each(['.sig', '.att', '.sbom'])('finds what cosign v2 tagged with %s', async (ending) => {
    const { blobs, bundle, hex } = aLayout();
    const tagged = aManifest(blobs, [], {}, `sha256-${hex}${ending}`);

    const found = await findLayoutReferrers(indexOf(bundle, tagged), blobs.read);

    expect(found.get(bundle.digest)).toEqual([tagged.digest]);
  });

  it('finds the signatures of a layout that cosign saved, which have no tag', async () => {
    const { blobs, bundle } = aLayout();
    const saved = { ...aManifest(blobs, []), annotations: { kind: 'dev.cosignproject.cosign/sigs' } };

    expect((await findLayoutReferrers(indexOf(bundle, saved), blobs.read)).get(bundle.digest)).toEqual([saved.digest]);
  });

  it('follows the index of the referrers tag, and does not take it for a bundle', async () => {
    const { blobs, bundle, hex } = aLayout();
    const referrer = aManifest(blobs, [], { subject: bundle });
    const fallback = blobs.add({ schemaVersion: 2, manifests: [referrer] }, MEDIA_TYPES.ociIndex, tag(`sha256-${hex}`));
    const index = indexOf(bundle, fallback);

    expect((await findLayoutReferrers(index, blobs.read)).get(bundle.digest)).toEqual([referrer.digest]);
    expect(listedBundles(index).map(({ digest }) => digest)).toEqual([bundle.digest]);
  });

  it('names each referrer once, however often it is listed', async () => {
    const { blobs, bundle, hex } = aLayout();
    const referrer = aManifest(blobs, [], { subject: bundle });
    const fallback = blobs.add({ schemaVersion: 2, manifests: [referrer] }, MEDIA_TYPES.ociIndex, tag(`sha256-${hex}`));

    const found = await findLayoutReferrers(indexOf(bundle, referrer, fallback), blobs.read);

    expect(found.get(bundle.digest)).toEqual([referrer.digest]);
  });

  it('gives what cannot be read to every bundle, and an ordinary manifest to none', async () => {
    const { blobs, bundle } = aLayout();
    const damaged = aManifest(blobs, [], { annotations: { damaged: 'yes' } });
    blobs.content.delete(damaged.digest);

    const found = await findLayoutReferrers(indexOf(bundle, damaged, aManifest(blobs, [], {}, '2.0.0')), blobs.read);

    expect([...found]).toEqual([[bundle.digest, [damaged.digest]]]);
  });
});

describe('attached documents of cosign v2', () => {
  it('are read layer by layer, with the annotations that carry the signature', async () => {
    const { blobs, bundle } = aLayout();
    const layer = (fill: string, mediaType: string, annotations: Record<string, string>): Descriptor =>
      blobs.add({ fill }, mediaType, annotations);
    const first = layer('a', SIMPLE_SIGNING, { 'dev.cosignproject.cosign/signature': 'AAAA' });
    const second = layer('b', SIMPLE_SIGNING, { 'dev.cosignproject.cosign/signature': 'BBBB' });
    const signatures = aManifest(blobs, [first, second]);
    const attestations = aManifest(blobs, [layer('c', DSSE, { predicateType: 'https://slsa.dev/provenance/v1' })]);

    const read = await readBundle(blobs.reader(), bundle.digest, [signatures.digest, attestations.digest]);

    expect(
      read.referrers.map(({ kind, claims, layer: { annotations } }) => [
        kind,
        claims,
        Object.values(annotations ?? {}),
      ]),
    ).toEqual([
      ['cosign-v2-signature', '', ['AAAA']],
      ['cosign-v2-signature', '', ['BBBB']],
      ['cosign-v2-attestation', 'https://slsa.dev/provenance/v1', ['https://slsa.dev/provenance/v1']],
    ]);
    expect(read.closure.map(({ digest }) => digest)).toEqual(
      expect.arrayContaining([signatures.digest, first.digest, second.digest, attestations.digest]),
    );
  });

  it('are refused when one layer is of another kind', async () => {
    const { blobs, bundle } = aLayout();
    const manifest = aManifest(blobs, [blobs.add({}, SIMPLE_SIGNING), blobs.add({ x: 1 }, 'text/plain')]);

    const read = await readBundle(blobs.reader(), bundle.digest, [manifest.digest]);

    expect(read.referrers).toEqual([]);
    expect(read.findings.map(({ code }) => code)).toContain('SIGNATURE_SUBJECT_MISMATCH');
  });
});

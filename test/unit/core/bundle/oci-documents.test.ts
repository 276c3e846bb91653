import { describe, expect, it } from 'vitest';
import { Descriptor, ImageIndex, ImageManifest } from '#contracts/bundle.ts';
import { checkLayoutMarker, parseLayoutIndex } from '#core/bundle/index.ts';

const HEX = 'a'.repeat(64);
const descriptor = { mediaType: 'application/octet-stream', digest: `sha256:${HEX}`, size: 7 };
const manifest = { schemaVersion: 2, config: descriptor, layers: [descriptor] };
const index = { schemaVersion: 2, manifests: [descriptor] };
const without = (document: object, name: string): object =>
  Object.fromEntries(Object.entries(document).filter(([key]) => key !== name));

type Case = readonly [what: string, document: unknown];

// image-spec 1.1: descriptor.md, manifest.md, image-index.md and image-layout.md, with the two rules that are narrower here.
const DESCRIPTORS: { readonly good: readonly Case[]; readonly bad: readonly Case[] } = {
  good: [
    ['the three members that are needed', descriptor],
    ['no content', { ...descriptor, size: 0 }],
    ['annotations', { ...descriptor, annotations: { a: 'b' } }],
    ['an artifact type', { ...descriptor, artifactType: 'application/vnd.example' }],
    ['a platform', { ...descriptor, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } }],
    ['urls', { ...descriptor, urls: ['https://x.example/y'] }],
    ['embedded data', { ...descriptor, data: 'eA==' }],
    ['a member of a later version', { ...descriptor, later: true }],
  ],
  bad: [
    ['no media type', without(descriptor, 'mediaType')],
    ['no digest', without(descriptor, 'digest')],
    ['no size', without(descriptor, 'size')],
    ['a size as text', { ...descriptor, size: '7' }],
    ['a negative size', { ...descriptor, size: -1 }],
    ['half a byte', { ...descriptor, size: 0.5 }],
    ['a size beyond 2^53', { ...descriptor, size: 2 ** 60 }],
    ['an upper-case digest', { ...descriptor, digest: `sha256:${'A'.repeat(64)}` }],
    ['a short digest', { ...descriptor, digest: 'sha256:abc' }],
    ['a long digest', { ...descriptor, digest: `sha256:${HEX}a` }],
    ['a digest without algorithm', { ...descriptor, digest: HEX }],
    ['a digest of SHA-512 (narrower here)', { ...descriptor, digest: `sha512:${HEX}${HEX}` }],
    ['a digest of MD5', { ...descriptor, digest: 'md5:d41d8cd98f00b204e9800998ecf8427e' }],
    ['a digest with a path', { ...descriptor, digest: 'sha256:../../etc/passwd' }],
    ['a number as media type', { ...descriptor, mediaType: 7 }],
    ['a media type without end', { ...descriptor, mediaType: 'x'.repeat(300) }],
    ['annotations as a list', { ...descriptor, annotations: ['a'] }],
    ['an annotation that is no text', { ...descriptor, annotations: { a: 1 } }],
    ['a platform without architecture', { ...descriptor, platform: { os: 'linux' } }],
    ['a list', [descriptor]],
    ['null', null],
  ],
};
const MANIFESTS: typeof DESCRIPTORS = {
  good: [
    ['configuration and a layer', manifest],
    ['no layer', { ...manifest, layers: [] }],
    ['its media type', { ...manifest, mediaType: 'application/vnd.oci.image.manifest.v1+json' }],
    ['a subject', { ...manifest, subject: descriptor }],
    ['an artifact type', { ...manifest, artifactType: 'application/vnd.example' }],
    ['annotations', { ...manifest, annotations: { a: 'b' } }],
    ['a member of a later version', { ...manifest, later: [] }],
  ],
  bad: [
    ['no version', without(manifest, 'schemaVersion')],
    ['version 1', { ...manifest, schemaVersion: 1 }],
    ['the version as text', { ...manifest, schemaVersion: '2' }],
    ['no configuration', without(manifest, 'config')],
    ['no layers', without(manifest, 'layers')],
    ['layers as one', { ...manifest, layers: descriptor }],
    ['a layer without digest', { ...manifest, layers: [without(descriptor, 'digest')] }],
    ['a configuration as text', { ...manifest, config: 'x' }],
    ['a subject without size', { ...manifest, subject: without(descriptor, 'size') }],
    ['the media type of an index', { ...manifest, mediaType: 'application/vnd.oci.image.index.v1+json' }],
    ['annotations that are no texts', { ...manifest, annotations: { a: null } }],
  ],
};
const INDEXES: typeof DESCRIPTORS = {
  good: [
    ['one manifest', index],
    ['no manifest', { ...index, manifests: [] }],
    ['its media type', { ...index, mediaType: 'application/vnd.oci.image.index.v1+json' }],
    ['an artifact type', { ...index, artifactType: 'application/vnd.example' }],
    ['a subject', { ...index, subject: descriptor }],
    ['annotations', { ...index, annotations: { a: 'b' } }],
  ],
  bad: [
    ['no version', without(index, 'schemaVersion')],
    ['version 3', { ...index, schemaVersion: 3 }],
    ['no manifests', without(index, 'manifests')],
    ['manifests as an object', { ...index, manifests: {} }],
    ['a manifest without media type', { ...index, manifests: [without(descriptor, 'mediaType')] }],
    ['the media type of a manifest', { ...index, mediaType: 'application/vnd.oci.image.manifest.v1+json' }],
    ['more manifests than anybody lists', { ...index, manifests: Array.from({ length: 4097 }, () => descriptor) }],
    ['a text', 'index'],
  ],
};

const bytes = (document: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(document));

describe.each([
  ['descriptor', Descriptor, DESCRIPTORS],
  ['manifest', ImageManifest, MANIFESTS],
  ['index', ImageIndex, INDEXES],
] as const)('an OCI %s', (_, schema, { good, bad }) => {
  it.each(good)('is accepted with %s', (_what, document) => {
    expect(schema.safeParse(document).success).toBe(true);
  });

  it.each(bad)('is refused with %s', (_what, document) => {
    expect(schema.safeParse(document).success).toBe(false);
  });
});

describe('oci-layout', () => {
  it.each([
    ['version 1.0.0', { imageLayoutVersion: '1.0.0' }],
    ['a later 1.x', { imageLayoutVersion: '1.2.3' }],
    ['a later member', { imageLayoutVersion: '1.0.0', later: 1 }],
    ['several members', { comment: 'x', imageLayoutVersion: '1.0.0' }],
  ])('is accepted with %s', (_what, document) => {
    expect(() => {
      checkLayoutMarker(bytes(document));
    }).not.toThrow();
  });

  it.each([
    ['no version', {}],
    ['version 2', { imageLayoutVersion: '2.0.0' }],
    ['a number', { imageLayoutVersion: 1 }],
    ['the version inside a text', { comment: '"imageLayoutVersion":"1.0.0"' }],
    ['a list', ['1.0.0']],
  ])('is refused with %s', (_what, document) => {
    expect(() => {
      checkLayoutMarker(bytes(document));
    }).toThrow(expect.objectContaining({ code: 'BUNDLE_LAYOUT_INVALID' }) as Error);
  });

  it('is refused when index.json gives one tag twice', () => {
    const tagged = { ...descriptor, annotations: { 'org.opencontainers.image.ref.name': 'v1' } };

    expect(() => parseLayoutIndex(bytes({ schemaVersion: 2, manifests: [tagged, tagged] }))).toThrow(
      expect.objectContaining({ code: 'BUNDLE_LAYOUT_INVALID' }) as Error,
    );
  });
});

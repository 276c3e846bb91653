import { describe, expect, it } from 'vitest';
import { MEDIA_TYPES, type Descriptor } from '#contracts/bundle.ts';
import { isSafePath, layoutIndexText, listedBundles, parseLayoutIndex, selectBundle } from '#core/bundle/index.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const aListing = (fill: string, version: string): Descriptor => ({
  mediaType: MEDIA_TYPES.ociIndex,
  artifactType: MEDIA_TYPES.bundle,
  digest: `sha256:${fill.repeat(64)}`,
  size: 10,
  annotations: {
    'org.opencontainers.image.ref.name': version,
    'org.opencontainers.image.version': version,
    'io.gantry.model': 'plant/scale',
  },
});

describe('index.json of a layout', () => {
  it('comes back as it was written', () => {
    const index = parseLayoutIndex(bytes(layoutIndexText([aListing('a', '1.0.0'), aListing('b', '1.1.0')])));

    expect(listedBundles(index).map(({ model, version }) => `${model}:${version}`)).toEqual([
      'plant/scale:1.0.0',
      'plant/scale:1.1.0',
    ]);
  });

  it('is refused when one tag names two bundles', () => {
    expect(() => parseLayoutIndex(bytes(layoutIndexText([aListing('a', '1.0.0'), aListing('b', '1.0.0')])))).toThrow(
      expect.objectContaining({ code: 'BUNDLE_LAYOUT_INVALID' }) as Error,
    );
  });

  it.each([
    ['text', 'hello'],
    ['a name given twice', '{"schemaVersion":2,"manifests":[],"manifests":[]}'],
    [
      'an upper-case digest',
      `{"schemaVersion":2,"manifests":[{"mediaType":"x","size":1,"digest":"sha256:${'A'.repeat(64)}"}]}`,
    ],
    [
      'a negative size',
      `{"schemaVersion":2,"manifests":[{"mediaType":"x","size":-1,"digest":"sha256:${'a'.repeat(64)}"}]}`,
    ],
    ['another version', '{"schemaVersion":1,"manifests":[]}'],
  ])('is refused with %s', (_, text) => {
    expect(() => parseLayoutIndex(bytes(text))).toThrow(
      expect.objectContaining({ code: 'BUNDLE_LAYOUT_INVALID' }) as Error,
    );
  });

  it('wants a name when it lists several bundles', () => {
    const index = parseLayoutIndex(bytes(layoutIndexText([aListing('a', '1.0.0'), aListing('b', '1.1.0')])));

    expect(() => selectBundle(index)).toThrow(expect.objectContaining({ code: 'BUNDLE_LAYOUT_INVALID' }) as Error);
    expect(selectBundle(index, '1.1.0').digest).toBe(`sha256:${'b'.repeat(64)}`);
  });
});

describe('isSafePath', () => {
  it.each(['weights.onnx', 'golden/0/input_0.pb', 'a b.txt', 'größe.bin'])('lets %s pass', (path) => {
    expect(isSafePath(path)).toBe(true);
  });

  it.each([
    '',
    '..',
    '../x',
    'a/../../x',
    '/etc/passwd',
    'a\\b',
    'C:x',
    'a//b',
    './a',
    'NUL',
    'aux.txt',
    'COM1',
    'a:b',
    'name.',
    'name ',
    'a\nb',
    'a\u202eb',
    'x'.repeat(2000),
  ])('refuses %j', (path) => {
    expect(isSafePath(path)).toBe(false);
  });
});

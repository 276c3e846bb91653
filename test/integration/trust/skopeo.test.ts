import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ImageIndex } from '#contracts/bundle.ts';
import { digestHex } from '#core/base/index.ts';
import { aSignedLayout, type TestLayout } from '#test/support/bundles.ts';
import { aSigningKey } from '#test/support/trust.ts';

const hasSkopeo = spawnSync('skopeo', ['--version']).status === 0;

let root: string;
let layout: TestLayout;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-skopeo-'));
  layout = await aSignedLayout({ key: aSigningKey(), outDir: root });
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

describe.skipIf(!hasSkopeo)(
  `a layout in the hands of skopeo${hasSkopeo ? '' : ' (skipped: skopeo is not installed)'}`,
  () => {
    it('is read by tag, byte for byte', async () => {
      const raw = execFileSync('skopeo', ['inspect', '--raw', `oci:${layout.dir}:1.0.0`]);

      expect(raw.equals(await readFile(join(layout.dir, 'blobs', 'sha256', digestHex(layout.digest))))).toBe(true);
    });

    it('comes out of a copy with every variant and its weights unchanged', async () => {
      execFileSync('skopeo', ['copy', '-q', '--all', `oci:${layout.dir}:1.0.0`, `oci:${join(root, 'copy')}:1.0.0`]);

      const index = ImageIndex.parse(
        JSON.parse(await readFile(join(layout.dir, 'blobs', 'sha256', digestHex(layout.digest)), 'utf8')),
      );
      const copied = await readdir(join(root, 'copy', 'blobs', 'sha256'));
      expect(copied).toEqual(expect.arrayContaining(index.manifests.map((manifest) => digestHex(manifest.digest))));
    });
  },
);

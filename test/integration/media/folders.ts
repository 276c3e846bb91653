import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, afterEach } from 'vitest';
import type { Clock, Digest, IdSource } from '#core/base/index.ts';
import type { SigningKey } from '#core/keys/ports.ts';
import { MEDIA_SET_PREDICATE, type SourceBundle } from '#core/media/index.ts';
import { statementBytes } from '#core/provenance/index.ts';
import type { BlobReader, FileSystemLimits } from '#core/storage/ports.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { nodeMediaAccess, writeMediaSet, type MediaTarget } from '#native/media/index.ts';
import { signStatement } from '#native/sigstore/index.ts';

const made: string[] = [];
afterEach(async () => {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A folder that is removed after the test. */
export async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-media-'));
  made.push(folder);
  return folder;
}

const lasting: string[] = [];
afterAll(async () => {
  for (const folder of lasting.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A folder that is removed after the last test of the file. */
export async function aLastingFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-media-'));
  lasting.push(folder);
  return folder;
}

export const fixedClock: Clock = {
  now: () => Date.UTC(2026, 2, 1, 8),
  monotonicMs: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

export function countingIds(): IdSource {
  let count = 0;
  return { next: () => `id-${String((count += 1))}`, random: (bytes) => new Uint8Array(bytes) };
}

/** Incompressible, repeatable bytes. */
export function someBytes(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed * 2654435761 + 1;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

export interface Content {
  readonly bundle: SourceBundle;
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
  readonly reader: BlobReader;
}

/** Blobs of the given sizes as one bundle, unsigned: enough for everything that happens below verification. */
export function someContent(sizes: readonly number[]): Content {
  return contentOf(sizes.map((size, index) => someBytes(size, index + 1)));
}

/** These blobs as one bundle; the first one stands for its index. */
export function contentOf(contents: readonly Uint8Array[]): Content {
  const blobs = new Map(contents.map((bytes) => [nodeHasher.sha256(bytes), bytes]));
  const [digest] = blobs.keys();
  if (digest === undefined) throw new Error('a bundle needs a blob');
  const get = (wanted: Digest): Uint8Array => blobs.get(wanted) ?? new Uint8Array();
  return {
    bundle: {
      digest,
      model: 'line4/solder',
      version: '1.0.0',
      title: 'Solder joints',
      referrers: [],
      blobs: [...blobs].map(([blob, bytes]) => ({
        digest: blob,
        sizeBytes: bytes.length,
        mediaType: 'application/octet-stream',
      })),
    },
    blobs,
    reader: {
      size: (wanted) => Promise.resolve(blobs.get(wanted)?.length),
      read: (wanted) => Promise.resolve(get(wanted)),
      async *stream(wanted, range) {
        yield await Promise.resolve(get(wanted).subarray(range?.start ?? 0, range?.end));
      },
    },
  };
}

const ROOMY: FileSystemLimits = { freeBytes: null, freeFiles: null, largestFileBytes: null, blockBytes: 1 };

/** A folder as a stick to write to. */
export function aTarget(folder: string, limits: Partial<FileSystemLimits> = {}): MediaTarget {
  const volume = {
    id: 'x',
    kind: 'folder' as const,
    mountPath: folder,
    label: '',
    serial: null,
    fileSystem: null,
    totalBytes: null,
    freeBytes: null,
    readOnly: false,
  };
  return {
    reader: nodeMediaAccess.reader(volume),
    writer: nodeMediaAccess.writer(volume),
    limits: { ...ROOMY, ...limits },
    fileSystem: folder,
  };
}

/** Signs an index as `gantry media write --key` does. */
function indexSigner(key: SigningKey): (index: { name: string; digest: Digest }) => Promise<Uint8Array> {
  return (subject) =>
    signStatement(statementBytes({ subject: [subject], predicateType: MEDIA_SET_PREDICATE, predicate: {} }), key);
}

/** Writes the content over as many sticks as folders are given. */
export function writeSet(content: Content, folders: readonly string[], partBytes: number, key?: SigningKey) {
  return writeMediaSet({
    bundles: [content.bundle],
    blobs: content.reader,
    targets: folders.map((folder) => aTarget(folder)),
    partBytes,
    clock: fixedClock,
    // Named by the content, so that two contents are two sets and one content is one.
    ids: { next: () => `set-${content.bundle.digest.slice(7, 19)}`, random: (bytes) => new Uint8Array(bytes) },
    ...(key === undefined ? {} : { signIndex: indexSigner(key) }),
  });
}

/** Every file below a folder with its digest: equal listings mean that nothing was touched. */
export async function listing(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && (await stat(path)).isFile())
      files[relative(folder, path)] = nodeHasher.sha256(await readFile(path));
  }
  return files;
}

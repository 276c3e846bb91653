import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { folderBlobStore } from '#native/fs/index.ts';
import { createHashThreads } from '#native/workers/index.ts';
import { memoryBlobStore, type MemoryBlobStore } from '#test/support/memory-blob-store.ts';
import { blobStoreContract } from './blob-store-contract.ts';

const folders: string[] = [];
afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});

blobStoreContract('a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-blobs-'));
  folders.push(folder);
  return { open: () => folderBlobStore(folder) };
});

const threads = createHashThreads();
afterAll(() => threads.close());

blobStoreContract('a folder with hash threads', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-blobs-'));
  folders.push(folder);
  return { open: () => folderBlobStore(folder, threads) };
});

blobStoreContract('memory', () => {
  let store: MemoryBlobStore = memoryBlobStore();
  return Promise.resolve({ open: () => Promise.resolve((store = store.reopen())) });
});

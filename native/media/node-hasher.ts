import { createHash } from 'node:crypto';
import type { Hasher } from '#core/storage/ports.ts';

/** SHA-256 of bytes in memory, on this thread: for documents and single blocks. */
export const nodeHasher: Hasher = { sha256: (bytes) => `sha256:${createHash('sha256').update(bytes).digest('hex')}` };

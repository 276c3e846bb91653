import { createHash } from 'node:crypto';
import type { Digest } from '#core/base/index.ts';

/** The blob that arrives in pieces over several kills. */
export function arrivingBlob(): { bytes: Uint8Array; digest: Digest } {
  const bytes = Uint8Array.from({ length: 1_000_000 }, (_, at) => (at * 31 + (at >> 8)) & 0xff);
  return { bytes, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
}

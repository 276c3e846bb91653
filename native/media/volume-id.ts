import { createHash } from 'node:crypto';

/** A handle that stays with the stick when it comes back under another device name; `fallback` where it has no identity. */
export function volumeId(identity: readonly (string | null)[], fallback: string): string {
  const known = identity.filter((part) => part !== null && part !== '');
  return `volume-${createHash('sha256')
    .update(known.length > 0 ? known.join('\n') : fallback)
    .digest('hex')
    .slice(0, 24)}`;
}

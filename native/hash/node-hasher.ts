import { createHash, hash } from 'node:crypto';
import type { ContentHasher } from '#core/storage/ports.ts';

/** SHA-256 by the machine's own crypto library, whole or piece by piece. */
export const nodeHasher: ContentHasher = {
  sha256: (bytes) => `sha256:${hash('sha256', bytes, 'hex')}`,
  begin() {
    const running = createHash('sha256');
    return {
      update: (bytes) => {
        running.update(bytes);
      },
      digest: () => `sha256:${running.digest('hex')}`,
    };
  },
};

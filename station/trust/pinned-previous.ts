import { PinnedPrevious } from '#contracts/trust.ts';
import type { SiteFloors } from '#core/trust/index.ts';

/** The one way back of each model and channel: what was accepted before the newest. */
export function pinnedPrevious({ accepted }: SiteFloors): PinnedPrevious[] {
  return Object.entries(accepted).flatMap(([key, { newest, previous }]) => {
    const cut = key.indexOf('/');
    const read = PinnedPrevious.safeParse({ channel: key.slice(0, cut), model: key.slice(cut + 1), newest, previous });
    // Without a previous version there is no way back; a key that cannot be read names no model of this site.
    return read.success ? [read.data] : [];
  });
}

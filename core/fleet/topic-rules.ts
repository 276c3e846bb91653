/** Leaves that a device writes. */
const PUBLISHED = ['reported', 'event', 'response', 'online'] as const;
/** Leaves that a device reads. */
const SUBSCRIBED = ['desired', 'request'] as const;

export type PublishedLeaf = (typeof PUBLISHED)[number];

/** The leaf that `device` may publish under this topic, or undefined. No wildcard, no other device, no other site. */
export function publishedLeaf(topic: string, site: string, device: string): PublishedLeaf | undefined {
  return PUBLISHED.find((leaf) => topic === `gantry/v1/${site}/${device}/${leaf}`);
}

/** May `device` subscribe with this filter? Exact topics only: a filter with a wildcard is refused even where it would match its own. */
export function maySubscribe(filter: string, site: string, device: string): boolean {
  return SUBSCRIBED.some((leaf) => filter === `gantry/v1/${site}/${device}/${leaf}`);
}

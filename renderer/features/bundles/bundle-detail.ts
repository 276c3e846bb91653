import type { Station } from '#renderer/query/station-context.tsx';

/** A stored bundle as the station tells it. */
export type BundleDetail = Awaited<ReturnType<Station['bundles']['get']['query']>>;

/** First part of every query key: which feature of the station it asks. */
export type QueryRoot =
  | 'site'
  | 'trust'
  | 'media'
  | 'imports'
  | 'bundles'
  | 'fleet'
  | 'benchmarks'
  | 'rollouts'
  | 'review'
  | 'telemetry'
  | 'audit'
  | 'keys'
  | 'jobs';

const EVERY_ROOT: readonly QueryRoot[] = [
  'site',
  'trust',
  'imports',
  'bundles',
  'fleet',
  'benchmarks',
  'rollouts',
  'review',
  'telemetry',
  'audit',
  'keys',
];

/** Which questions a change may answer differently. Site counts and the audit list follow every change. */
const ROOTS_OF_STREAM: Readonly<Record<string, readonly QueryRoot[]>> = {
  import: ['imports', 'bundles', 'media'],
  bundle: ['bundles', 'imports'],
  device: ['fleet', 'rollouts'],
  fleet: ['fleet', 'rollouts'],
  rollout: ['rollouts', 'fleet'],
  benchmark: ['benchmarks'],
  review: ['review'],
  sample: ['review'],
  telemetry: ['telemetry'],
  trust: ['trust'],
  media: ['media'],
  keys: ['keys'],
};

/** An unknown stream (a newer station) makes everything fresh: too much work is better than a stale screen. */
export function rootsOfChange(stream: string): readonly QueryRoot[] {
  const roots = ROOTS_OF_STREAM[stream];
  return roots === undefined ? EVERY_ROOT : [...roots, 'site', 'audit'];
}

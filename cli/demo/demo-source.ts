import type { Frame } from './line-feeder.ts';

/** What a demonstration is told with: specifications of three bundle versions and frames of the line. */
export interface DemoSource {
  readonly kind: 'shared-data' | 'generated';
  readonly specs: { readonly first: string; readonly better: string; readonly bad: string };
  readonly frames: readonly Frame[];
}

import type { Frame } from './line-feeder.ts';

/** What a demonstration is told with: specifications of three bundle versions and frames of the line. */
export interface DemoSource {
  readonly kind: 'shared-data' | 'generated';
  readonly specs: { readonly first: string; readonly better: string; readonly bad: string };
  readonly frames: readonly Frame[];
}

/** Real boards where the data lies beside the checkout, otherwise images and a detector made by code. Loaded when needed only. */
export async function chooseSource(workshop: string): Promise<DemoSource> {
  const { hasPcbData, writePcbSpecs } = await import('./pcb-source.ts');
  if (hasPcbData()) return writePcbSpecs(workshop);
  const { writeGeneratedSpecs } = await import('./generated-source.ts');
  return writeGeneratedSpecs(workshop);
}

import type { Frame } from './line-feeder.ts';

/** What a demonstration is told with: specifications of three bundle versions and frames of the line. */
export interface DemoSource {
  readonly kind: 'shared-data' | 'generated';
  readonly specs: { readonly first: string; readonly better: string; readonly bad: string };
  readonly frames: readonly Frame[];
}

/** `auto`: real boards where the data lies beside the checkout, otherwise images and a detector made by code. */
export type DemoSourceChoice = 'auto' | 'generated';

/** Prepares what the story is told with. Each source is loaded when it is needed only. */
export async function chooseSource(workshop: string, choice: DemoSourceChoice): Promise<DemoSource> {
  const { hasPcbData, writePcbSpecs } = await import('./pcb-source.ts');
  if (choice === 'auto' && hasPcbData()) return writePcbSpecs(workshop);
  const { writeGeneratedSpecs } = await import('./generated-source.ts');
  return writeGeneratedSpecs(workshop);
}

import type { DemoSource, DemoSourceChoice } from './demo-source.ts';

/** Prepares what the story is told with. Each source is loaded when it is needed only. */
export async function chooseSource(workshop: string, choice: DemoSourceChoice): Promise<DemoSource> {
  const { hasPcbData, writePcbSpecs } = await import('./pcb-source.ts');
  if (choice === 'auto' && hasPcbData()) return writePcbSpecs(workshop);
  const { writeGeneratedSpecs } = await import('./generated-source.ts');
  return writeGeneratedSpecs(workshop);
}

import { generateSamples } from '#resources/samples/index.ts';
import type { DemoSource } from './demo-source.ts';

/** One seed for every demonstration: the same parts, the same defects, the same digests. */
const SEED = 7;

/** Images and a detector made by code: the demonstration needs nothing but the program. */
export async function writeGeneratedSpecs(dir: string): Promise<DemoSource> {
  const { specs, frames } = await generateSamples(dir, { seed: SEED });
  return { kind: 'generated', specs, frames };
}

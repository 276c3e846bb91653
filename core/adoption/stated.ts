import { z } from 'zod';
import { BundleSpec, ModelContract, Precision } from '#contracts/bundle.ts';
import { GIB, type Json } from '#core/base/index.ts';

/**
 * What a team may state under `metadata: {gantry: …}` when it logs the model, in place of what is assumed below. It lies in
 * `MLmodel`, so the folder's signature covers it. Paths are names of files in the folder.
 */
export const StatedByTeam = z.strictObject({
  ...BundleSpec.pick({
    model: true,
    version: true,
    sequence: true,
    channel: true,
    title: true,
    createdAt: true,
    golden: true,
    modelCard: true,
    evaluation: true,
    licence: true,
  }).partial().shape,
  precision: Precision.optional(),
  contract: ModelContract.omit({ v: true, model: true, inputs: true, outputs: true }).partial().optional(),
});
export type StatedByTeam = z.infer<typeof StatedByTeam>;

/** What a folder that states nothing is held to: the strict channel and the strictest safety class. */
export const ASSUMED = {
  channel: 'production',
  precision: 'fp32',
  licence: 'NOASSERTION',
  modelCard: 'MLmodel',
} as const;

/** Assumed parts of a contract. The memory grows with the model: runtimes need a few times its size. */
export function assumedContract(modelBytes: number): Omit<BundleSpec['contract'], 'inputs' | 'outputs'> {
  return {
    preprocessing: 'none',
    tolerance: { rtol: 1e-3, atol: 1e-5 },
    objectives: { p99Ms: 1000, errorRate: 0.01, doubtfulShare: 1, memoryBytes: Math.max(2 * GIB, modelBytes * 4) },
    labelClasses: [],
    safetyClass: 'safety',
  };
}

/** `registered_model_meta` of a model that came out of a registry of MLflow. */
export const RegisteredModel = z.object({
  model_name: z.string().max(255).optional(),
  model_version: z.union([z.string().max(64), z.number()]).optional(),
});
export type RegisteredModel = z.infer<typeof RegisteredModel>;

/** A parsed YAML document, of which nothing is known yet. */
export type YamlParser = (text: string) => Json;

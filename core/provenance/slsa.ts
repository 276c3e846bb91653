import { z } from 'zod';
import type { BundleSpec } from '#contracts/bundle.ts';
import type { Json } from '#core/base/index.ts';

/** SLSA provenance v1 of a bundle, from what its specification states. */
export function provenancePredicate(spec: BundleSpec): Json {
  const { builder, buildType, source, revision } = spec.provenance;
  return {
    buildDefinition: {
      buildType,
      externalParameters: {
        source,
        revision,
        model: spec.model,
        version: spec.version,
        variants: spec.variants.map((variant) => variant.id),
      },
      internalParameters: {},
      resolvedDependencies: [{ uri: source, digest: { gitCommit: revision } }],
    },
    runDetails: { builder: { id: builder }, metadata: { finishedOn: spec.createdAt } },
  };
}

const Predicate = z.object({
  buildDefinition: z.object({
    buildType: z.string().max(1024),
    externalParameters: z.record(z.string(), z.unknown()),
    resolvedDependencies: z
      .array(z.object({ uri: z.string().max(2048).optional(), digest: z.record(z.string(), z.string()).optional() }))
      .max(4096)
      .default([]),
  }),
  runDetails: z.object({
    builder: z.object({ id: z.string().max(1024) }),
    metadata: z.object({ finishedOn: z.iso.datetime().optional() }).optional(),
  }),
});

/** What a person and a policy need of provenance. */
export interface Provenance {
  readonly builder: string;
  readonly buildType: string;
  readonly source: string | null;
  readonly revision: string | null;
  readonly finishedOn: string | null;
}

/** SLSA v1: builder, build type and the first source; null when the predicate is not of that form. */
export function readProvenance(predicate: unknown): Provenance | null {
  const parsed = Predicate.safeParse(predicate);
  if (!parsed.success) return null;
  const { buildDefinition, runDetails } = parsed.data;
  const [dependency] = buildDefinition.resolvedDependencies;
  return {
    builder: runDetails.builder.id,
    buildType: buildDefinition.buildType,
    source: dependency?.uri ?? null,
    revision: dependency?.digest?.['gitCommit'] ?? null,
    finishedOn: runDetails.metadata?.finishedOn ?? null,
  };
}

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

const Uri = z.string().min(1).max(2048);

/** SLSA v1 ResourceDescriptor: at least one of uri, digest and content (in-toto v1). */
const Resource = z
  .object({
    name: z.string().max(1024).optional(),
    uri: Uri.optional(),
    digest: z.record(z.string().max(64), z.string().max(256)).optional(),
    content: z.string().max(65_536).optional(),
  })
  .refine(({ uri, digest, content }) => uri !== undefined || digest !== undefined || content !== undefined, {
    message: 'a resource needs a uri, a digest or its content',
  });

const Predicate = z.object({
  buildDefinition: z.object({
    buildType: Uri,
    externalParameters: z.record(z.string(), z.unknown()),
    internalParameters: z.record(z.string(), z.unknown()).optional(),
    resolvedDependencies: z.array(Resource).max(4096).default([]),
  }),
  runDetails: z.object({
    builder: z.object({ id: Uri, version: z.record(z.string(), z.string()).optional() }),
    metadata: z
      .object({
        invocationId: z.string().max(2048).optional(),
        startedOn: z.iso.datetime({ offset: true }).optional(),
        finishedOn: z.iso.datetime({ offset: true }).optional(),
      })
      .refine(
        ({ startedOn, finishedOn }) =>
          startedOn === undefined || finishedOn === undefined || Date.parse(startedOn) <= Date.parse(finishedOn),
        { message: 'a build cannot finish before it starts' },
      )
      .optional(),
  }),
});

/** What a person and a policy need of provenance. */
export interface Provenance {
  readonly builder: string;
  readonly buildType: string;
  /** As stated; with its ref when the URI names one. */
  readonly source: string | null;
  /** The source without its ref. */
  readonly repository: string | null;
  readonly ref: string | null;
  readonly revision: string | null;
  readonly finishedOn: string | null;
}

/** SLSA v1: builder, build type and the first source; null when the predicate is not of that form. */
export function readProvenance(predicate: unknown): Provenance | null {
  const parsed = Predicate.safeParse(predicate);
  if (!parsed.success) return null;
  const { buildDefinition, runDetails } = parsed.data;
  const [dependency] = buildDefinition.resolvedDependencies;
  const source = dependency?.uri ?? null;
  const { repository, ref } = splitSource(source);
  return {
    builder: runDetails.builder.id,
    buildType: buildDefinition.buildType,
    source,
    repository,
    ref,
    revision: dependency?.digest?.['gitCommit'] ?? dependency?.digest?.['sha1'] ?? null,
    finishedOn: runDetails.metadata?.finishedOn ?? null,
  };
}

/** SPDX download location: `git+https://host/path@ref`. An @ before the path belongs to a user name. */
function splitSource(source: string | null): { repository: string | null; ref: string | null } {
  const at = source?.lastIndexOf('@') ?? -1;
  if (source === null || at <= source.indexOf('/', source.indexOf('://') + 3)) return { repository: source, ref: null };
  return { repository: source.slice(0, at), ref: source.slice(at + 1) };
}

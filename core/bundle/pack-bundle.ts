import { ANNOTATIONS, MEDIA_TYPES, type BundleSpec, type Descriptor } from '#contracts/bundle.ts';
import { AppError } from '#core/base/index.ts';
import { provenancePredicate, sbomPredicate, statementBytes, type Statement } from '#core/provenance/index.ts';
import { PREDICATE_TYPES } from '#contracts/bundle.ts';
import type { Hasher } from '#core/storage/ports.ts';
import { descriptorJson, jsonBlob, type MadeBlob } from './blob.ts';
import type { Adopted } from './loaded.ts';
import { packAdopted } from './pack-adopted.ts';
import { packContract } from './pack-contract.ts';
import { packVariant } from './pack-variant.ts';
import { packReferrer } from './referrer.ts';
import { pathsOf, type ContentSpec, type SpecFiles } from './spec-files.ts';

/** Everything a layout needs: documents as bytes, files by path, and the manifests that index.json lists. */
export interface PackedBundle {
  /** The bundle's index, as index.json names it. */
  readonly bundle: Descriptor;
  /** Unsigned in-toto statements about the bundle, until `bundle sign` seals them. */
  readonly referrers: readonly Descriptor[];
  readonly blobs: readonly MadeBlob[];
  /** Files to copy, by path of the specification. */
  readonly files: SpecFiles;
}

/** The index of a bundle and everything below it that the packer made. */
interface PackedContent {
  readonly bundle: MadeBlob;
  readonly blobs: readonly MadeBlob[];
  /** Weights and what the variants share. */
  readonly parts: readonly Descriptor[];
}

/** Packs index, contract and variants; with the files that they were made from, when the bundle is adopted. Pure. */
export function packContent(
  spec: ContentSpec,
  { files, hasher, adopted }: { files: SpecFiles; hasher: Hasher; adopted?: Adopted },
): PackedContent {
  refuseDuplicates(spec);
  const contract = packContract(spec, files, hasher);
  const variants = spec.variants.map((variant) => packVariant(spec, variant, { files, hasher }));
  const kept = adopted === undefined ? [] : [packAdopted(adopted, hasher)];
  const index = jsonBlob(
    MEDIA_TYPES.ociIndex,
    {
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociIndex,
      artifactType: MEDIA_TYPES.bundle,
      manifests: [contract.manifest, ...variants.map((variant) => variant.manifest), ...kept].map((manifest) =>
        descriptorJson(manifest.descriptor),
      ),
      annotations: {
        ...bundleAnnotations(spec),
        ...(adopted === undefined ? {} : { [ANNOTATIONS.adoption]: adopted.form }),
      },
    },
    hasher,
    { artifactType: MEDIA_TYPES.bundle, annotations: listingAnnotations(spec) },
  );
  return {
    bundle: index,
    blobs: [index, ...contract.blobs, ...variants.flatMap((variant) => variant.blobs), ...kept],
    parts: [...variants.flatMap((variant) => variant.weights), ...contract.layers],
  };
}

/** Packs a bundle. Pure: the same specification and digests give the same bytes on every machine. */
export function packBundle(spec: BundleSpec, files: SpecFiles, hasher: Hasher): PackedBundle {
  const { bundle: index, blobs, parts } = packContent(spec, { files, hasher });
  const subject = [{ name: `${spec.model}:${spec.version}`, digest: index.descriptor.digest }];
  const statements: Statement[] = [
    { subject, predicateType: PREDICATE_TYPES.provenance, predicate: provenancePredicate(spec) },
    {
      subject,
      predicateType: PREDICATE_TYPES.sbom,
      predicate: sbomPredicate(spec, index.descriptor.digest, [...parts]),
    },
  ];
  const referrers = statements.map((statement) =>
    packReferrer(
      {
        subject: index.descriptor,
        content: statementBytes(statement),
        kind: 'statement',
        predicateType: statement.predicateType,
        createdAt: spec.createdAt,
      },
      hasher,
    ),
  );
  return {
    bundle: index.descriptor,
    referrers: referrers.map((referrer) => referrer.manifest.descriptor),
    blobs: unique([...blobs, ...referrers.flatMap((referrer) => referrer.blobs)]),
    files: filesOf(spec, files),
  };
}

function bundleAnnotations(spec: ContentSpec): Record<string, string> {
  return {
    [ANNOTATIONS.title]: spec.title,
    [ANNOTATIONS.version]: spec.version,
    [ANNOTATIONS.created]: spec.createdAt,
    [ANNOTATIONS.model]: spec.model,
    [ANNOTATIONS.sequence]: String(spec.sequence),
    [ANNOTATIONS.channel]: spec.channel,
  };
}

/** What index.json repeats, so that a listing needs no second read. It is unsigned and only shown as such. */
function listingAnnotations(spec: ContentSpec): Record<string, string> {
  return {
    [ANNOTATIONS.refName]: spec.version,
    [ANNOTATIONS.model]: spec.model,
    [ANNOTATIONS.version]: spec.version,
    [ANNOTATIONS.title]: spec.title,
  };
}

function refuseDuplicates(spec: ContentSpec): void {
  const ids = spec.variants.map((variant) => variant.id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined)
    throw new AppError('BUNDLE_SPEC_INVALID', `two variants have the id ${twice}`, { variant: twice });
}

function filesOf(spec: BundleSpec, files: SpecFiles): SpecFiles {
  return new Map(
    pathsOf(spec).flatMap((path) => {
      const file = files.get(path);
      return file === undefined ? [] : [[path, file] as const];
    }),
  );
}

function unique(blobs: readonly MadeBlob[]): MadeBlob[] {
  return [...new Map(blobs.map((blob) => [blob.descriptor.digest, blob])).values()];
}

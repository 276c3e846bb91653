import { z } from 'zod';
import { ANNOTATIONS, Channel, ImageIndex, MEDIA_TYPES, type Descriptor } from '#contracts/bundle.ts';
import { RepositoryName, VersionTag } from '#contracts/primitives.ts';
import { isBlocking, type Digest, type Finding } from '#core/base/index.ts';
import type { BlobReader } from '#core/storage/ports.ts';
import { Closure } from './closure.ts';
import { readDocument, type Read } from './document.ts';
import { findingOf, findingOfReadError } from './finding.ts';
import { BUNDLE_LIMITS } from './limits.ts';
import type { Adopted, LoadedBundle, LoadedReferrer, LoadedVariant } from './loaded.ts';
import { readAdopted } from './read-adopted.ts';
import { readContract, type SharedParts } from './read-contract.ts';
import { readReferrer } from './read-referrer.ts';
import { readVariant } from './read-variant.ts';

/** What the annotations of a bundle's index must state. */
const Heading = z.object({
  model: RepositoryName,
  version: VersionTag,
  title: z.string().max(256),
  sequence: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
  channel: Channel,
  createdAt: z.iso.datetime(),
});
export type Heading = z.infer<typeof Heading>;

export interface BundleRead {
  /** Null when the bundle is not whole or not well formed. */
  readonly bundle: LoadedBundle | null;
  readonly findings: readonly Finding[];
  /** The index as far as it could be read, for a verdict that names what it refuses. */
  readonly heading: Heading | null;
  /** Attachments that could be read, even when the content could not. */
  readonly referrers: readonly LoadedReferrer[];
  /** Every blob that could be named so far. */
  readonly closure: readonly Descriptor[];
}

/**
 * Untrusted: reads the documents of a bundle, not its weights. Every fault of the bundle is a finding, and all are
 * reported at once; only faults of this machine or medium are thrown.
 */
export async function readBundle(
  reader: BlobReader,
  bundleDigest: Digest,
  referrers: readonly Digest[],
): Promise<BundleRead> {
  const closure = new Closure();
  const index = await readIndex(reader, bundleDigest);
  if (index.ok && isRewritten(index.value.document)) return rewritten(index.value, closure);
  const parts = index.ok ? await readParts(reader, index.value, { digest: bundleDigest, closure }) : null;
  const attached = await readReferrers(reader, referrers.slice(0, BUNDLE_LIMITS.referrers), {
    subject: bundleDigest,
    closure,
  });
  if (!index.ok || parts === null)
    return {
      bundle: null,
      findings: [...(index.ok ? [] : index.findings), ...attached.findings],
      heading: null,
      referrers: attached.referrers,
      closure: closure.blobs,
    };
  const heading = headingOf(index.value.document);
  const ofContent = [...checkIndex(index.value.document, heading), ...parts.findings];
  const findings = [...ofContent, ...attached.findings, ...closure.findings];
  // A damaged attachment leaves the content readable: the verdict then says more than one thing.
  const known = { referrers: attached.referrers, closure: closure.blobs };
  if (heading === null || parts.shared === null || isBlocking(ofContent))
    return { bundle: null, findings, heading, ...known };
  return {
    bundle: {
      digest: bundleDigest,
      ...heading,
      ...parts.shared,
      variants: parts.variants,
      adopted: parts.adopted,
      ...known,
    },
    findings,
    heading,
    ...known,
  };
}

/** Older tools drop the type when they write an index anew (skopeo 1.9 does); the annotations tell what it was. */
function isRewritten(index: ImageIndex): boolean {
  return index.artifactType === undefined && headingOf(index) !== null;
}

function rewritten({ document, descriptor }: IndexRead, closure: Closure): BundleRead {
  closure.add(descriptor);
  return {
    bundle: null,
    findings: [findingOf('BUNDLE_REWRITTEN', 'index')],
    heading: headingOf(document),
    referrers: [],
    closure: closure.blobs,
  };
}

interface IndexRead {
  readonly document: ImageIndex;
  readonly descriptor: Descriptor;
}

async function readIndex(reader: BlobReader, digest: Digest): Promise<Read<IndexRead>> {
  let size: number | undefined;
  try {
    size = await reader.size(digest);
  } catch (error) {
    const finding = findingOfReadError(error, 'index');
    if (finding === null) throw error;
    return { ok: false, findings: [finding] };
  }
  if (size === undefined) return { ok: false, findings: [findingOf('BUNDLE_BLOB_MISSING', 'index', digest)] };
  const descriptor: Descriptor = { mediaType: MEDIA_TYPES.ociIndex, digest, size, artifactType: MEDIA_TYPES.bundle };
  const read = await readDocument(reader, descriptor, { schema: ImageIndex, limitBytes: BUNDLE_LIMITS.manifestBytes });
  return read.ok ? { ok: true, value: { document: read.value, descriptor } } : read;
}

interface PartsRead {
  readonly shared: SharedParts | null;
  readonly adopted: Adopted | null;
  readonly variants: readonly LoadedVariant[];
  readonly findings: readonly Finding[];
}

async function readParts(
  reader: BlobReader,
  index: IndexRead,
  { digest, closure }: { digest: Digest; closure: Closure },
): Promise<PartsRead> {
  closure.add(index.descriptor);
  const findings: Finding[] = [];
  const variants: LoadedVariant[] = [];
  const contracts = index.document.manifests.filter(
    (manifest) => manifest.artifactType === MEDIA_TYPES.contractManifest,
  );
  const models = index.document.manifests
    .filter((manifest) => manifest.artifactType === MEDIA_TYPES.modelManifest)
    .slice(0, BUNDLE_LIMITS.variants);
  const adopted = await readAdopted(reader, index.document);
  findings.push(...adopted.findings);
  let shared: SharedParts | null = null;
  const [contract] = contracts;
  if (contract === undefined || contracts.length > 1)
    findings.push(
      findingOf('BUNDLE_MANIFEST_INVALID', 'index', `One contract is needed, ${String(contracts.length)} found.`),
    );
  else {
    const read = await readContract(reader, contract, { isAdopted: adopted.adopted !== null });
    closure.add(...read.blobs);
    findings.push(...read.findings);
    shared = read.parts;
  }
  for (const model of models) {
    const read = await readVariant(reader, model);
    closure.add(...read.blobs);
    findings.push(...read.findings);
    if (read.variant !== null) variants.push(read.variant);
  }
  // Last: a file that is also weights or the model card is known by what it is used for.
  closure.add(...adopted.blobs);
  if (models.length === 0)
    findings.push(findingOf('BUNDLE_MANIFEST_INVALID', digest.slice(7, 19), 'The bundle has no variant.'));
  return { shared, adopted: adopted.adopted, variants, findings };
}

async function readReferrers(
  reader: BlobReader,
  digests: readonly Digest[],
  context: { subject: Digest; closure: Closure },
): Promise<{ referrers: LoadedReferrer[]; findings: Finding[] }> {
  const referrers: LoadedReferrer[] = [];
  const findings: Finding[] = [];
  for (const digest of new Set(digests)) {
    const read = await readReferrer(reader, digest, context.subject);
    context.closure.add(...read.blobs);
    findings.push(...read.findings);
    referrers.push(...read.referrers);
  }
  return { referrers, findings };
}

function checkIndex(index: ImageIndex, heading: Heading | null): Finding[] {
  const findings: Finding[] = [];
  if (index.artifactType !== MEDIA_TYPES.bundle)
    findings.push(findingOf('BUNDLE_MANIFEST_INVALID', 'index', `The artifact type must be ${MEDIA_TYPES.bundle}.`));
  if (heading === null)
    findings.push(
      findingOf(
        'BUNDLE_MANIFEST_INVALID',
        'index',
        'Model, version, title, sequence, channel or creation time is missing or malformed.',
      ),
    );
  const known: readonly (string | undefined)[] = [
    MEDIA_TYPES.contractManifest,
    MEDIA_TYPES.modelManifest,
    MEDIA_TYPES.adoptedManifest,
  ];
  if (index.manifests.some((manifest) => !known.includes(manifest.artifactType)))
    findings.push(findingOf('BUNDLE_MANIFEST_INVALID', 'index', 'The bundle lists a manifest of an unknown kind.'));
  if (index.manifests.length > BUNDLE_LIMITS.variants + 2)
    findings.push(
      findingOf('BUNDLE_MANIFEST_INVALID', 'index', `More than ${String(BUNDLE_LIMITS.variants)} variants.`),
    );
  const ids = index.manifests.flatMap((manifest) => manifest.annotations?.[ANNOTATIONS.variant] ?? []);
  if (new Set(ids).size < ids.length)
    findings.push(findingOf('BUNDLE_MANIFEST_INVALID', 'index', 'Two variants have one id.'));
  return findings;
}

function headingOf(index: ImageIndex): Heading | null {
  const annotations = index.annotations ?? {};
  const parsed = Heading.safeParse({
    model: annotations[ANNOTATIONS.model],
    version: annotations[ANNOTATIONS.version],
    title: annotations[ANNOTATIONS.title],
    sequence: annotations[ANNOTATIONS.sequence],
    channel: annotations[ANNOTATIONS.channel],
    createdAt: annotations[ANNOTATIONS.created],
  });
  return parsed.success ? parsed.data : null;
}

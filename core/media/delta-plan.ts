import type { SetDelta } from '#contracts/media.ts';
import { AppError, type Digest, type Finding } from '#core/base/index.ts';
import type { SourceBundle, SourceSet } from './source-set.ts';

type Blob = SourceBundle['blobs'][number];

/** What an import of a set that leaves something out has to read, and what it then makes from what the site has. */
export interface DeltaPlan {
  /** Blobs to copy, or that are here already; patches among them. */
  readonly carried: readonly Blob[];
  readonly patches: readonly (SetDelta['patches'][number] & { readonly sizeBytes: number })[];
}

/** Media type under which a patch is listed while it is on its way. */
const PATCH_MEDIA_TYPE = 'application/vnd.gantry.patch.v1';

/** Null for a set that carries everything. Otherwise the plan, with a finding for each blob that the site must have and has not. */
export async function planDelta(
  source: SourceSet,
  bundle: SourceBundle,
  has: (digest: Digest) => Promise<boolean>,
): Promise<{ plan: DeltaPlan; findings: Finding[] } | null> {
  const { delta } = source;
  if (delta === undefined) return null;
  const omitted = new Set(delta.omitted.map((blob) => blob.digest));
  const patchOf = new Map(delta.patches.map((patch) => [patch.target, patch]));
  const carried = new Map<Digest, Blob>();
  const patches: DeltaPlan['patches'][number][] = [];
  const findings: Finding[] = [];
  for (const blob of bundle.blobs) {
    const patch = patchOf.get(blob.digest);
    if ((patch === undefined && !omitted.has(blob.digest)) || (await has(blob.digest))) {
      carried.set(blob.digest, blob);
      continue;
    }
    const wanted = patch?.base ?? blob.digest;
    if (patch === undefined || !(await has(patch.base))) {
      findings.push(baseMissing(wanted, blob));
      continue;
    }
    carried.set(patch.patch, { digest: patch.patch, sizeBytes: patch.patchBytes, mediaType: PATCH_MEDIA_TYPE });
    patches.push({ ...patch, sizeBytes: blob.sizeBytes });
  }
  return { plan: { carried: [...carried.values()], patches }, findings };
}

/** What a set leaves out, as an error of the first missing blob. */
export function assertBasesHere(findings: readonly Finding[]): void {
  const [first] = findings;
  if (first === undefined) return;
  throw new AppError(
    'MEDIA_DELTA_BASE_MISSING',
    `${first.message}${findings.length > 1 ? ` (and ${String(findings.length - 1)} more)` : ''}`,
    {
      missing: findings.slice(0, 100).map((finding) => finding.at),
    },
  );
}

function baseMissing(wanted: Digest, blob: Blob): Finding {
  const sentence =
    wanted === blob.digest
      ? `the set leaves out ${wanted}, which this site does not have`
      : `the set changes ${wanted} into ${blob.digest}, and this site does not have it`;
  return {
    code: 'MEDIA_DELTA_BASE_MISSING',
    severity: 'block',
    at: wanted,
    message: sentence,
    next: 'Ask for a full set (gantry media write --full), or send a new inventory receipt of this site.',
  };
}

import { ANNOTATIONS, ImageIndex, MEDIA_TYPES } from '#contracts/bundle.ts';
import { isAppError, type Digest } from '#core/base/index.ts';
import { parseStrictJson } from '#core/strict-json/index.ts';
import { attachmentOfTag, isSavedByCosign } from './attachment-tags.ts';
import { listedBundles, subjectOf } from './layout-index.ts';
import { BUNDLE_LIMITS } from './limits.ts';

/** Content of the layout by its digest, checked. */
type ReadManifest = (digest: Digest, limitBytes: number) => Promise<Uint8Array>;

/**
 * Untrusted: the attached manifests of a layout by the digest they are about: by `subject` (OCI 1.1), by the referrers tag,
 * and by the tags of cosign v2. One that cannot be read counts for every bundle, so that its fault is reported.
 */
export async function findLayoutReferrers(
  index: ImageIndex,
  read: ReadManifest,
): Promise<ReadonlyMap<Digest, readonly Digest[]>> {
  const referrers = new Map<Digest, Set<Digest>>();
  const add = (subject: Digest, digest: Digest): void => {
    referrers.set(subject, (referrers.get(subject) ?? new Set()).add(digest));
  };
  const addForAll = (digest: Digest): void => {
    for (const bundle of listedBundles(index)) add(bundle.digest, digest);
  };
  for (const listed of index.manifests) {
    const tagged = attachmentOfTag(listed.annotations?.[ANNOTATIONS.refName] ?? '');
    if (tagged?.what === 'referrers' && listed.mediaType === MEDIA_TYPES.ociIndex) {
      for (const digest of await listedReferrers(read, listed.digest)) add(tagged.subject, digest);
    } else if (listed.mediaType === MEDIA_TYPES.ociManifest) {
      const subject = await readSubject(read, listed.digest);
      if (subject === 'unreadable') addForAll(listed.digest);
      else if (subject !== null) add(subject, listed.digest);
      else if (tagged !== null) add(tagged.subject, listed.digest);
      else if (isSavedByCosign(listed.annotations ?? {})) addForAll(listed.digest);
    }
  }
  return new Map([...referrers].map(([subject, digests]) => [subject, [...digests]]));
}

/** The digests that a referrers index lists; the index itself, when it cannot be read, so that somebody names its fault. */
async function listedReferrers(read: ReadManifest, digest: Digest): Promise<Digest[]> {
  try {
    const bytes = await read(digest, BUNDLE_LIMITS.manifestBytes);
    const parsed = ImageIndex.safeParse(parseStrictJson(bytes, { bytes: BUNDLE_LIMITS.manifestBytes }));
    return parsed.success ? parsed.data.manifests.map((manifest) => manifest.digest) : [digest];
  } catch (error) {
    rethrowMachineFault(error);
    return [digest];
  }
}

async function readSubject(read: ReadManifest, digest: Digest): Promise<Digest | null | 'unreadable'> {
  try {
    return subjectOf(await read(digest, BUNDLE_LIMITS.manifestBytes));
  } catch (error) {
    rethrowMachineFault(error);
    return 'unreadable';
  }
}

/** The machine's own failures are no statement about the manifest. */
function rethrowMachineFault(error: unknown): void {
  if (!isAppError(error) || isAppError(error, 'DISK_FAILED') || isAppError(error, 'MEDIA_GONE')) throw error;
}

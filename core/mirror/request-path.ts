import { RepositoryName, VersionTag } from '#contracts/primitives.ts';
import { isDigest, type Digest } from '#core/base/index.ts';

/** A pull request of the distribution API, or why it is none. */
export type PullRequest =
  | { readonly kind: 'version' }
  | { readonly kind: 'catalog' }
  | { readonly kind: 'tags'; readonly repository: string }
  | { readonly kind: 'manifest-by-tag'; readonly repository: string; readonly tag: string }
  | { readonly kind: 'manifest-by-digest'; readonly repository: string; readonly digest: Digest }
  | { readonly kind: 'referrers-tag'; readonly repository: string; readonly subject: Digest }
  | { readonly kind: 'blob'; readonly repository: string; readonly digest: Digest }
  | { readonly kind: 'referrers'; readonly repository: string; readonly digest: Digest }
  | {
      readonly kind: 'refused';
      readonly code: 'NAME_INVALID' | 'DIGEST_INVALID' | 'MANIFEST_INVALID' | 'UNSUPPORTED';
      readonly status: 400 | 404;
    };

const ROUTE = /^\/v2\/(?<name>.+)\/(?<area>manifests|blobs|referrers|tags)\/(?<reference>[^/]+)$/;
/** The fallback tag of the referrers API for clients that know no other (distribution-spec, "Referrers Tag Schema"). */
const REFERRERS_TAG = /^sha256-([0-9a-f]{64})$/;
/** A well-formed digest of an algorithm that the store does not hold: not found, rather than malformed. */
const OTHER_DIGEST = /^sha512:[0-9a-f]{128}$/;

/**
 * Reads the path of a pull request. Untrusted: the raw path, not decoded: no name, tag or digest of the specification
 * needs percent-encoding, so an encoded slash, dot or NUL can only be an attack and is refused.
 */
export function readPullPath(path: string): PullRequest {
  if (path === '/v2/' || path === '/v2') return { kind: 'version' };
  if (path === '/v2/_catalog') return { kind: 'catalog' };
  const groups = ROUTE.exec(path)?.groups;
  if (groups === undefined) return refused('UNSUPPORTED', 404);
  const { name = '', area = '', reference = '' } = groups;
  if (!RepositoryName.safeParse(name).success) return refused('NAME_INVALID', 400);
  if (area === 'tags') return reference === 'list' ? { kind: 'tags', repository: name } : refused('UNSUPPORTED', 404);
  if (area === 'manifests' && !reference.includes(':')) return manifestByTag(name, reference);
  if (OTHER_DIGEST.test(reference)) return refused('DIGEST_INVALID', 404);
  if (!isDigest(reference)) return refused('DIGEST_INVALID', 400);
  if (area === 'manifests') return { kind: 'manifest-by-digest', repository: name, digest: reference };
  return { kind: area === 'blobs' ? 'blob' : 'referrers', repository: name, digest: reference };
}

function manifestByTag(repository: string, tag: string): PullRequest {
  const subject = REFERRERS_TAG.exec(tag)?.[1];
  if (subject !== undefined) return { kind: 'referrers-tag', repository, subject: `sha256:${subject}` };
  return VersionTag.safeParse(tag).success
    ? { kind: 'manifest-by-tag', repository, tag }
    : refused('MANIFEST_INVALID', 400);
}

function refused(
  code: 'NAME_INVALID' | 'DIGEST_INVALID' | 'MANIFEST_INVALID' | 'UNSUPPORTED',
  status: 400 | 404,
): PullRequest {
  return { kind: 'refused', code, status };
}

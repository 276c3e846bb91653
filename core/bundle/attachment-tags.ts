import { ANNOTATIONS, type Descriptor } from '#contracts/bundle.ts';
import { isDigest, type Digest } from '#core/base/index.ts';

/**
 * Tags that attach a document to a digest: cosign v2 (`sha256-<hex>.sig`, `.att`, `.sbom`) and, without an ending, the
 * index of the referrers tag schema (distribution-spec, "Referrers Tag Schema"). A registry may have put its name in front.
 */
const ATTACHING_TAG = /^(?:[^\s]*[:@])?sha256-([0-9a-f]{64})(?:\.(sig|att|sbom))?$/;

/** What `cosign save` writes in place of tags. */
const COSIGN_KIND = 'kind';
const COSIGN_KINDS: ReadonlySet<string> = new Set([
  'dev.cosignproject.cosign/sigs',
  'dev.cosignproject.cosign/atts',
  'dev.cosignproject.cosign/sboms',
]);

export interface TagAttachment {
  readonly subject: Digest;
  readonly what: 'signature' | 'attestation' | 'sbom' | 'referrers';
}

/** What a tag attaches to which digest; null for an ordinary name. The tag is unsigned: content must confirm it. */
export function attachmentOfTag(tag: string): TagAttachment | null {
  const [, hex, ending] = ATTACHING_TAG.exec(tag) ?? [];
  const subject = `sha256:${hex ?? ''}`;
  if (!isDigest(subject)) return null;
  switch (ending) {
    case 'sig':
      return { subject, what: 'signature' };
    case 'att':
      return { subject, what: 'attestation' };
    case 'sbom':
      return { subject, what: 'sbom' };
    default:
      return { subject, what: 'referrers' };
  }
}

/** Whether a listed manifest is there for another one, by its tag. */
export function isAttachedByTag({ annotations = {} }: Pick<Descriptor, 'annotations'>): boolean {
  return attachmentOfTag(annotations[ANNOTATIONS.refName] ?? '') !== null || isSavedByCosign(annotations);
}

/** Whether `cosign save` listed it as signatures, attestations or parts lists of the image beside it. */
export function isSavedByCosign(annotations: Readonly<Record<string, string>>): boolean {
  return COSIGN_KINDS.has(annotations[COSIGN_KIND] ?? '');
}

import type { Digest, Finding } from '#core/base/index.ts';
import type { IndexSignature } from './index-signature.ts';
import type { MediumContents } from './inspect-medium.ts';
import { visibleText } from './visible-text.ts';
import type { SourceSet } from './source-set.ts';

/** A medium under the name that a person reads on it. */
export interface NamedMedium {
  readonly name: string;
  readonly medium: Pick<MediumContents, 'source' | 'signature'>;
}

/** The index that the others are compared with: one that a trusted key signed before any other, then the first. */
export function leadingSource(
  media: readonly Pick<MediumContents, 'source' | 'signature'>[],
): { source: SourceSet; signature: IndexSignature } | null {
  const readable = media.flatMap(({ source, signature }) => (source === null ? [] : [{ source, signature }]));
  return readable.find(({ signature }) => signature.at === 'trusted') ?? readable[0] ?? null;
}

/** Every stick whose index, or whose signature of it, differs from the leading one; by name. */
export function disagreements(media: readonly NamedMedium[]): Finding[] {
  const lead = leadingSource(media.map(({ medium }) => medium));
  if (lead === null) return [];
  return media.flatMap(({ name, medium }) => {
    if (medium.source === null) return [];
    if (medium.source.indexDigest !== lead.source.indexDigest)
      return [disagreeing(name, 'its index differs from the index of the other sticks: it belongs to another set')];
    if (medium.signature.at !== lead.signature.at)
      return [disagreeing(name, 'its index is signed differently from the same index on the other sticks')];
    return [];
  });
}

/** Sticks that say they are of this set and carry another index. */
export function impostors(
  chosen: { readonly setId: string; readonly indexDigest: Digest },
  media: readonly NamedMedium[],
): Finding[] {
  return media.flatMap(({ name, medium: { source } }) =>
    source !== null &&
    source.kind === 'media-set' &&
    source.setId === chosen.setId &&
    source.indexDigest !== chosen.indexDigest
      ? [disagreeing(name, `it says that it belongs to set ${chosen.setId}, and its index differs`)]
      : [],
  );
}

function disagreeing(name: string, message: string): Finding {
  return {
    code: 'MEDIA_STICKS_DISAGREE',
    severity: 'block',
    at: visibleText(name),
    message,
    next: 'Take out the named stick, or write the set again.',
  };
}

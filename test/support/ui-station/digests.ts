import { createHash } from 'node:crypto';
import type { Digest } from '#core/base/index.ts';

/** A digest that is real for its text, so that ids look and sort as they do on a site. */
export function digestOf(text: string): Digest {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

export const hexOf = (text: string): string => digestOf(text).slice(7);

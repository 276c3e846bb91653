import { CeremonyRecord } from '#contracts/keys.ts';
import { AppError } from '#core/base/index.ts';
import type { KeyDescription } from '#core/keys/ports.ts';
import type { KeysDeps } from './keys-deps.ts';
import type { CeremonyWish } from './service.ts';

/** The stream of everything that happens to keys. */
export const STREAM = 'keys';
export const CEREMONY = 'keys.ceremony-held';

/** The record of a ceremony. USAGE_INVALID when one person is named twice. */
export function ceremonyOf(
  { clock, site }: Pick<KeysDeps, 'clock' | 'site'>,
  keys: readonly KeyDescription[],
  wish: Pick<CeremonyWish, 'witnesses' | 'note'> & Pick<CeremonyRecord, 'purpose'>,
): CeremonyRecord {
  const [first, second] = wish.witnesses.map((name) => name.trim().toLowerCase());
  if (first === second) throw new AppError('USAGE_INVALID', 'two different people witness a ceremony', {});
  return CeremonyRecord.parse({
    v: 1,
    site: site.id,
    heldAt: clock.now(),
    purpose: wish.purpose,
    witnesses: wish.witnesses.map((name) => name.trim()),
    keys: keys.map(({ name, algorithm, keyId, place }) => ({ name, algorithm, keyId, place: place.kind })),
    note: wish.note,
  });
}

import { z } from 'zod';
import { KNOWN_BAD_PLACES, type KnownBadPreview } from '#contracts/known-bad.ts';
import { AppError, isAppError } from '#core/base/index.ts';
import type { VolumeReader } from '#core/media/ports.ts';
import type { StationServices } from '#station/rpc/services.ts';
import { permit, router } from '#station/rpc/trpc.ts';
import { KNOWN_BAD_LIMIT_BYTES } from './known-bad.ts';

/** A page names a connected medium; paths never cross RPC. */
const medium = z.object({ volumeId: z.string().max(256) });

export const knownBadRouter = router({
  /** The list in force without its entries, and the accepted bundles that it names. */
  current: permit('trust.read').query(({ ctx: { services } }) => {
    const inForce = services.knownBad.current();
    if (inForce === null) return null;
    const { list, keyId, importedAt, importedBy } = inForce;
    const { version, issuedAt, entries } = list;
    const bundles = services.bundles.namedBy(list);
    return { version, issuedAt, entries: entries.length, keyId, importedAt, importedBy, bundles };
  }),
  /** What the list of a medium would change; null when there is none on it. */
  onMedium: permit('trust.read')
    .input(medium)
    .query(async ({ ctx: { services }, input }): Promise<KnownBadPreview | null> => {
      const document = await documentOn(services, input);
      return document === null ? null : previewOf(services, document);
    }),
  bring: permit('trust.change')
    .input(medium.extend({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }))
    .mutation(async ({ ctx: { services, person }, input }) => {
      const document = await documentOn(services, input);
      if (document === null) throw new AppError('NOT_FOUND', 'the medium has no list of known-bad parts any more');
      const seen = previewOf(services, document);
      // Read again from a stick that may have been changed meanwhile.
      if (seen.sha256 !== input.sha256)
        throw new AppError('CONFLICT', 'the list on the medium is not the one that was shown', {
          seen: input.sha256,
          now: seen.sha256,
        });
      services.knownBad.bring(document, person);
      return seen;
    }),
});

function previewOf({ knownBad, bundles }: StationServices, document: Uint8Array): KnownBadPreview {
  const { list, preview } = knownBad.preview(document);
  return { ...preview, bundles: bundles.namedBy(list) };
}

async function documentOn(
  { media }: StationServices,
  { volumeId }: z.infer<typeof medium>,
): Promise<Uint8Array | null> {
  const reader = media.reader(await media.require(volumeId));
  for (const place of KNOWN_BAD_PLACES) {
    const document = await readIfThere(reader, place);
    if (document !== null) return document;
  }
  return null;
}

async function readIfThere(reader: VolumeReader, path: string): Promise<Uint8Array | null> {
  try {
    return await reader.readFile(path, KNOWN_BAD_LIMIT_BYTES);
  } catch (error) {
    if (isAppError(error, 'NOT_FOUND')) return null;
    throw error;
  }
}

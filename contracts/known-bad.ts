import { z } from 'zod';
import { Digest, Instant } from './primitives.ts';

const Text = z.string().min(1).max(2048);

/** Parts that must not be in a bundle: named by package, by name and versions, or by content. */
export const KnownBadEntry = z
  .strictObject({
    /** For people and records, for example a CVE number. */
    id: z.string().min(1).max(128),
    /** Package URL; with a version it names that one, without it every version. */
    purl: Text.optional(),
    name: Text.optional(),
    /** Exact versions of `name`; absent or empty: every version. */
    versions: z.array(Text).max(1000).optional(),
    /** Versions of `name` from this one on, compared number by number. */
    from: Text.optional(),
    /** Versions of `name` below this one, compared number by number. */
    before: Text.optional(),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
    reason: z.string().min(1).max(1000),
    severity: z.enum(['refuse', 'warn']),
  })
  .refine(({ purl, name, sha256 }) => [purl, name, sha256].filter((one) => one !== undefined).length === 1, {
    message: 'exactly one of purl, name and sha256 is needed',
  });
export type KnownBadEntry = z.infer<typeof KnownBadEntry>;

/** A signed list; its version only rises at a site. */
export const KnownBadList = z.strictObject({
  v: z.literal(1),
  version: z.number().int().min(1),
  issuedAt: Instant,
  entries: z.array(KnownBadEntry).max(20_000),
});
export type KnownBadList = z.infer<typeof KnownBadList>;

/** The list in force at a site. */
export const KnownBadInForce = z.object({
  list: KnownBadList,
  keyId: z.string(),
  importedAt: Instant,
  importedBy: z.string(),
});
export type KnownBadInForce = z.infer<typeof KnownBadInForce>;

/** What a signed list would change at a site, before anybody agrees. */
export const KnownBadPreview = z.object({
  /** SHA-256 of the document, hex: what is brought must be what was seen. */
  sha256: z.string(),
  version: z.number().int(),
  issuedAt: Instant,
  entries: z.number().int(),
  signer: z.string(),
  keyId: z.string(),
  /** Version of the list in force; null when there is none. */
  inForce: z.number().int().nullable(),
  /** Accepted bundles that it names. A refused one goes to no further gateway. */
  bundles: z.array(z.object({ digest: Digest, model: z.string(), version: z.string(), refused: z.boolean() })),
});
export type KnownBadPreview = z.infer<typeof KnownBadPreview>;

/** Where a signed list lies on a medium. */
export const KNOWN_BAD_PLACES = ['gantry/known-bad.json', 'known-bad.json'] as const;

/** DSSE payload type of a signed list. */
export const KNOWN_BAD_PAYLOAD_TYPE = 'application/vnd.gantry.known-bad.v1+json';

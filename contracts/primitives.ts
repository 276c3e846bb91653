import { z } from 'zod';

/** OCI digest, lower-case SHA-256 only. */
export const Digest = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]);
export type Digest = z.infer<typeof Digest>;

/** Milliseconds since 1970-01-01T00:00:00Z. */
export const Instant = z.number().int();
export type Instant = z.infer<typeof Instant>;

/** Ids that Gantry issues: lower-case ULIDs, or names that a person gave in the same alphabet. */
export const Id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);

export const SiteId = Id;
export const DeviceId = Id;

/** An OCI repository name (distribution-spec, 255 characters at most). */
export const RepositoryName = z
  .string()
  .max(255)
  .regex(/^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/);

/** A SemVer-like version that is also an OCI tag. */
export const VersionTag = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/);

/** Who did it: a person at the station, a device, or the station itself. */
export const Actor = z.object({
  kind: z.enum(['person', 'device', 'station']),
  id: z.string().min(1).max(128),
  name: z.string().max(128),
});
export type Actor = z.infer<typeof Actor>;

export const Severity = z.enum(['block', 'warn', 'info']);

/** One thing that is not as it must be; the wire form of core's Finding. */
export const Finding = z.object({
  code: z.string(),
  severity: Severity,
  at: z.string(),
  message: z.string(),
  next: z.string().optional(),
});
export type Finding = z.infer<typeof Finding>;

/** An error as it crosses a boundary: stacks never leave the machine. */
export const WireError = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
  correlationId: z.string().optional(),
});
export type WireError = z.infer<typeof WireError>;

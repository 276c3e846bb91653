import { z } from 'zod';
import { Id, Instant, SiteId } from './primitives.ts';

export const Role = z.enum(['viewer', 'operator', 'quality', 'auditor', 'admin']);
export type Role = z.infer<typeof Role>;

/** Everything a person may do through a screen or command; every procedure names one. */
export const Action = z.enum([
  'site.read',
  'media.read',
  'media.open',
  'import.run',
  'import.decide',
  'bundle.read',
  'fleet.read',
  'fleet.enrol',
  'benchmark.run',
  'benchmark.read',
  'rollout.read',
  'rollout.run',
  'review.read',
  'review.label',
  'export.write',
  'telemetry.read',
  'audit.read',
  'trust.read',
  'trust.change',
  'demo.run',
  'job.read',
  'job.cancel',
]);
export type Action = z.infer<typeof Action>;

export const Person = z.object({ id: Id, name: z.string().min(1).max(128), role: Role });
export type Person = z.infer<typeof Person>;

/** `site.json`: public facts of a site; secrets live in key files. */
export const SiteConfig = z.object({
  v: z.literal(1),
  id: SiteId,
  name: z.string().min(1).max(128),
  createdAt: Instant,
  administrator: Person,
});
export type SiteConfig = z.infer<typeof SiteConfig>;

export const LineTile = z.object({
  line: z.string(),
  worst: z.enum(['N', 'F', 'C', 'S', 'M', 'unknown']),
  counts: z.record(z.string(), z.number().int()),
  devices: z.number().int(),
  models: z.array(z.string()),
  oldestSeenAt: Instant.nullable(),
});
export type LineTile = z.infer<typeof LineTile>;

export const SiteOverview = z.object({
  site: SiteConfig,
  mode: z.literal('offline'),
  now: Instant,
  lines: z.array(LineTile),
  counts: z.object({
    devices: z.number().int(),
    online: z.number().int(),
    bundles: z.number().int(),
    openImports: z.number().int(),
    openRollouts: z.number().int(),
    waitingSamples: z.number().int(),
  }),
  alarms: z.array(
    z.object({
      at: Instant,
      priority: z.enum(['high', 'middle', 'low']),
      text: z.string(),
      subject: z.string(),
      /** What the subject is, so that a screen can lead there. */
      about: z.enum(['device', 'rollout', 'import', 'trust']),
    }),
  ),
  isEmpty: z.boolean(),
  demo: z.enum(['offered', 'running', 'done', 'unavailable']),
});
export type SiteOverview = z.infer<typeof SiteOverview>;

import { z } from 'zod';
import { Id, Instant } from './primitives.ts';
import { Role } from './site.ts';

/** A person of the site who proves presence with a passphrase of their own. The passphrase itself is never kept. */
export const PersonRecord = z.object({
  id: Id,
  name: z.string().min(1).max(128),
  role: Role,
  /** scrypt, as the adapter writes it. */
  proof: z.string().max(512),
  addedAt: Instant,
  addedBy: z.string(),
});
export type PersonRecord = z.infer<typeof PersonRecord>;

/** A person as others see them. */
export const PersonView = PersonRecord.omit({ proof: true });
export type PersonView = z.infer<typeof PersonView>;

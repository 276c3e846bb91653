import { z } from 'zod';
import { TrustStore } from './verdict.ts';

/**
 * What a site trusts, with the version that every change raises. A change names the version that it was decided on, so that two
 * administrators at once cannot overwrite each other unseen.
 */
export const SiteTrust = TrustStore.extend({ version: z.number().int().min(0).default(0) });
export type SiteTrust = z.infer<typeof SiteTrust>;

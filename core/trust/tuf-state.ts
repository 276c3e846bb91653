import { z } from 'zod';

/** Roles of The Update Framework that every repository has. */
export type TopRole = 'root' | 'timestamp' | 'snapshot' | 'targets';

/** Metadata exactly as it was received, by role. The root is always there. */
export interface TufMetadata {
  readonly root: Uint8Array;
  readonly timestamp?: Uint8Array | undefined;
  readonly snapshot?: Uint8Array | undefined;
  readonly targets?: Uint8Array | undefined;
}

const Version = z.number().int().min(1);
const RoleFloor = z.object({
  version: Version,
  /** Key ids and threshold that the root gives the role: with other keys, versions count anew (TUF 5.3.11). */
  keys: z.string().max(100_000),
});

/** The newest versions that were ever accepted. */
export const RoleFloors = z.object({
  root: z.object({ version: Version, digest: z.string().regex(/^[0-9a-f]{64}$/) }),
  timestamp: RoleFloor,
  snapshot: RoleFloor,
  targets: RoleFloor,
});
export type RoleFloors = z.infer<typeof RoleFloors>;

/** What a person must see of a root before it is trusted. */
export interface RootFacts {
  readonly version: number;
  readonly expires: number;
  /** SHA-256 of the signed part in canonical form: the same for every copy, whoever signed it in addition. */
  readonly fingerprint: string;
  readonly keyIds: readonly string[];
  readonly threshold: number;
}

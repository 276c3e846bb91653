import { MIB, type Digest } from '#core/base/index.ts';
import { prefixEnd, type Range } from './byte-ranges.ts';
import { toDiskError } from './os-codes.ts';
import { digestOfFile, type FileHasher, type FollowedFile } from './file-hasher.ts';

/** Below this, reading a blob once more at its end costs less than another thread's attention. */
const FOLLOW_FROM_BYTES = 4 * MIB;

/** The digest of a file that arrives, read back from the file. */
export interface ReadBack {
  /** Content in `flushed` was flushed; what of it reaches from the beginning without a hole may be read. */
  extend(flushed: readonly Range[]): void;
  digest(flushed: readonly Range[]): Promise<Digest>;
  /** What was read is written again, or nobody wants it any more. */
  forget(): void;
  /** Whether the digest was read on a thread, behind the flushes. */
  readonly isFollowing: boolean;
}

/** Large content is hashed while it arrives where there is a hasher; the rest is read when it is complete. */
export function createReadBack(path: string, sizeBytes: number, hasher: FileHasher | undefined): ReadBack {
  let follower: FollowedFile | undefined;

  function follow(flushed: readonly Range[]): FollowedFile | undefined {
    if (hasher === undefined || sizeBytes < FOLLOW_FROM_BYTES) return undefined;
    follower ??= hasher.follow(path);
    follower.extendTo(prefixEnd(flushed));
    return follower;
  }

  return {
    extend: (flushed) => {
      follow(flushed);
    },
    digest: async (flushed) => {
      try {
        return await (follow(flushed)?.digest() ?? digestOfFile(path));
      } catch (error) {
        throw toDiskError(error, path, 0);
      } finally {
        follower = undefined;
      }
    },
    forget: () => {
      follower?.close();
      follower = undefined;
    },
    isFollowing: hasher !== undefined && sizeBytes >= FOLLOW_FROM_BYTES,
  };
}

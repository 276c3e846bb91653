import type { Channel } from '#contracts/bundle.ts';
import type { Clock, Digest } from '#core/base/index.ts';
import { afterAccepting, sequenceKey } from '#core/trust/index.ts';
import { advance, type TimeEvidence, type TimeFloor } from '#core/trusted-time/index.ts';
import type { FloorKeeper } from './floor-keeper.ts';

/** What an accepted bundle says about order and time. */
interface Accepted {
  readonly model: string;
  readonly channel: Channel;
  readonly sequence: number;
  readonly digest: Digest;
  readonly signedTimes: readonly TimeEvidence[];
}

/** The part of the site's floors that bundles raise. */
export interface BundleFloors {
  /** Highest sequence of a model on a channel that either store remembers; null before the first. */
  sequence(model: string, channel: Channel): number | null;
  time(): TimeFloor | null;
  /** Raises both stores, then decides. */
  acceptUnder<T>(facts: Accepted, decide: () => T): Promise<T>;
}

export function bundleFloors(keeper: FloorKeeper, clock: Clock): BundleFloors {
  return {
    sequence: (model, channel) => keeper.floors().sequences[sequenceKey(model, channel)] ?? null,
    time: () => keeper.floors().time,
    acceptUnder: ({ model, channel, sequence, digest, signedTimes }, decide) =>
      keeper.raise((floors) => {
        const key = sequenceKey(model, channel);
        return {
          ...floors,
          time: signedTimes.reduce((floor, evidence) => advance(floor, evidence, clock.now()), floors.time),
          sequences: { ...floors.sequences, [key]: sequence },
          accepted: { ...floors.accepted, [key]: afterAccepting(floors.accepted[key], { sequence, digest }) },
        };
      }, decide),
  };
}

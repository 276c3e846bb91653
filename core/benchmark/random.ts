/** A seeded stream of numbers in [0, 1). */
export type RandomStream = () => number;

/**
 * SplitMix32: counter-based, so that the same seed gives the same schedule on every machine and release.
 * For schedules and sampling only, never for secrets.
 */
export function seededRandom(seed: number): RandomStream {
  let counter = seed >>> 0;
  return () => {
    counter = (counter + 0x9e3779b9) >>> 0;
    let mixed = counter;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 0x1_0000_0000;
  };
}

/** Numbers that are the same for the same seed, target and index, on any machine. */
export interface Random {
  /** A whole number from 0 to `below` − 1; 0 when `below` is 0. */
  below(below: number): number;
  pick<T>(list: readonly T[]): T;
}

export function randomFor(seed: number, name: string, index: number): Random {
  let state = seed >>> 0;
  for (const letter of name) state = Math.imul(state ^ letter.charCodeAt(0), 0x85eb_ca6b) >>> 0;
  // Neighbours must not be neighbours: the index is scattered over all bits (murmur3's last step).
  state = (state ^ Math.imul(index + 1, 0x9e37_79b1)) >>> 0;
  state = Math.imul(state ^ (state >>> 16), 0x85eb_ca6b) >>> 0;
  state = Math.imul(state ^ (state >>> 13), 0xc2b2_ae35) >>> 0;
  state = (state ^ (state >>> 16)) >>> 0;
  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return {
    below: (below) => (below <= 0 ? 0 : next() % below),
    pick: (list) => {
      const found = list[next() % list.length];
      if (found === undefined) throw new Error('nothing to pick from');
      return found;
    },
  };
}

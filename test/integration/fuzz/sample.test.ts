import { describe, expect, it } from 'vitest';
import { runInputs } from '../../fuzz/run-inputs.ts';
import { judge } from '../../fuzz/target.ts';
import { TARGETS } from '../../fuzz/targets/index.ts';

const SEED = 7;
const INPUTS = 150;

describe.each(TARGETS)('$name', (target) => {
  it('accepts what is good, and answers every mutation of it with a refusal or the truth', async () => {
    const prepared = await target.prepare();
    const outcomes = await Promise.all(prepared.seeds.map((seed) => judge(prepared, seed)));

    // A target that accepts nothing would prove nothing.
    expect(outcomes.map(({ outcome }) => outcome)).toContain('accepted');
    const tally = await runInputs({ seed: SEED, name: target.name, prepared, from: 0, to: INPUTS });
    expect(tally.failures).toEqual([]);
    expect(tally.refused).toBeGreaterThan(0);
  });
});

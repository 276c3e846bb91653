import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maySubscribe, publishedLeaf } from '#core/fleet/index.ts';

const own = (leaf: string): string => `gantry/v1/plant/cam-1/${leaf}`;

describe('topic rules of a device', () => {
  it.each(['reported', 'event', 'response', 'online'])('lets it write its own %s', (leaf) => {
    expect(publishedLeaf(own(leaf), 'plant', 'cam-1')).toBe(leaf);
    expect(maySubscribe(own(leaf), 'plant', 'cam-1')).toBe(false);
  });

  it.each(['desired', 'request'])('lets it read its own %s', (leaf) => {
    expect(maySubscribe(own(leaf), 'plant', 'cam-1')).toBe(true);
    expect(publishedLeaf(own(leaf), 'plant', 'cam-1')).toBeUndefined();
  });

  it.each([
    '#',
    '+/+/+/+/+',
    'gantry/v1/plant/+/desired',
    'gantry/v1/plant/cam-2/desired',
    'gantry/v1/other/cam-1/desired',
    '$SYS/#',
    `${own('desired')}/x`,
    own('desired').toUpperCase(),
  ])('refuses the filter %s', (filter) => {
    expect(maySubscribe(filter, 'plant', 'cam-1')).toBe(false);
  });

  it('opens nothing to any other text', () => {
    fc.assert(
      fc.property(fc.string(), (topic) => {
        expect(publishedLeaf(topic, 'plant', 'cam-1')).toBeUndefined();
        expect(maySubscribe(topic, 'plant', 'cam-1')).toBe(false);
      }),
    );
  });
});

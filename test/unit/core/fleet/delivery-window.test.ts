import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptDelivery, DeliveryWindow } from '#core/fleet/index.ts';

const deliver = (
  messages: readonly { epoch: string; sequence: number }[],
): { accepted: string[]; window: DeliveryWindow } => {
  let window: DeliveryWindow = [];
  const accepted: string[] = [];
  for (const message of messages) {
    const next = acceptDelivery(window, message);
    if (next === undefined) continue;
    window = next;
    accepted.push(`${message.epoch}/${String(message.sequence)}`);
  }
  return { accepted, window };
};

describe('acceptDelivery', () => {
  describe('when messages are repeated and out of order', () => {
    it('accepts each one exactly once', () => {
      const message = fc.record({
        epoch: fc.constantFrom('e1', 'e2', 'e3'),
        sequence: fc.integer({ min: 0, max: 200 }),
      });

      fc.assert(
        fc.property(fc.array(message, { maxLength: 400 }), (messages) => {
          const { accepted } = deliver(messages);

          expect(accepted).toHaveLength(new Set(accepted).size);
          expect(new Set(accepted)).toEqual(new Set(messages.map((each) => `${each.epoch}/${String(each.sequence)}`)));
        }),
      );
    });

    it('keeps a window of bounded size that its own schema takes', () => {
      const message = fc.record({
        epoch: fc.integer({ min: 0, max: 40 }).map((n) => `e${String(n)}`),
        sequence: fc.integer({ min: 0, max: 1_000_000 }),
      });

      fc.assert(
        fc.property(fc.array(message, { maxLength: 200 }), (messages) => {
          expect(DeliveryWindow.safeParse(deliver(messages).window).success).toBe(true);
        }),
      );
    });
  });

  describe('when a message is older than the window', () => {
    it('counts as seen', () => {
      const { window } = deliver([{ epoch: 'e1', sequence: 10_000 }]);

      expect(acceptDelivery(window, { epoch: 'e1', sequence: 3 })).toBeUndefined();
      expect(acceptDelivery(window, { epoch: 'e1', sequence: 9_999 })).toBeDefined();
    });
  });
});

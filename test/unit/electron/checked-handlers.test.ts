import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { NoArguments } from '#contracts/desktop.ts';
import { createCheckedHandlers, type InvokeEvent, type SenderFrame } from '#electron/main/checked-handlers.ts';

const MAIN_ID = 7;
type Listener = (event: InvokeEvent<SenderFrame>, ...args: unknown[]) => unknown;

function registered<A extends unknown[]>(args: z.ZodType<A>): { call: Listener; answered: unknown[][] } {
  const listeners = new Map<string, Listener>();
  const answered: unknown[][] = [];
  const handlers = createCheckedHandlers<SenderFrame, InvokeEvent<SenderFrame>>(
    { handle: (channel, listener) => listeners.set(channel, listener) },
    () => MAIN_ID,
  );
  handlers.handle('station:test', args, (_frame, ...values) => {
    answered.push(values);
    return Promise.resolve('answer');
  });
  return { call: (event, ...values) => listeners.get('station:test')?.(event, ...values), answered };
}

const page = (over: { id?: number; frame?: SenderFrame | null } = {}): InvokeEvent<SenderFrame> => ({
  sender: { id: over.id ?? MAIN_ID },
  senderFrame: over.frame === undefined ? { url: 'app://gantry/#/fleet', parent: null } : over.frame,
});

describe('createCheckedHandlers', () => {
  it('answers the top frame of our page in the main window', async () => {
    expect(await registered(NoArguments).call(page())).toBe('answer');
  });

  describe('when someone else asks', () => {
    it.each([
      ['a frame that is gone', page({ frame: null })],
      ['a sub-frame', page({ frame: { url: 'app://gantry/', parent: {} } })],
      ['a second window', page({ id: 8 })],
      ['another host', page({ frame: { url: 'app://evil/', parent: null } })],
      ['another scheme', page({ frame: { url: 'https://gantry/', parent: null } })],
      ['a host that only begins like ours', page({ frame: { url: 'app://gantry.evil/', parent: null } })],
      ['our name as a user name', page({ frame: { url: 'app://gantry@evil/', parent: null } })],
      ['no address at all', page({ frame: { url: '', parent: null } })],
    ])('refuses %s', async (_who, event) => {
      const { call, answered } = registered(NoArguments);

      await expect(call(event)).rejects.toMatchObject({ code: 'RPC_SENDER_REJECTED' });
      expect(answered).toEqual([]);
    });
  });

  describe('when the arguments are not what the handler takes', () => {
    it('refuses every tuple but the right one, 10,000 times', async () => {
      const { call, answered } = registered(z.tuple([z.literal('yes'), z.number().int()]));

      await fc.assert(
        fc.asyncProperty(fc.array(fc.anything(), { maxLength: 4 }), async (args) => {
          await expect(call(page(), ...args)).rejects.toMatchObject({ code: 'RPC_ENVELOPE_INVALID' });
        }),
        { numRuns: 10_000, seed: 3 },
      );
      expect(answered).toEqual([]);
      await call(page(), 'yes', 1);
      expect(answered).toEqual([['yes', 1]]);
    });
  });
});

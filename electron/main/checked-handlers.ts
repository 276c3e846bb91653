import type { z } from 'zod';
import { APP_HOST, APP_SCHEME } from '#contracts/rpc.ts';
import { AppError } from '#core/base/index.ts';

/** What matters of the frame that sent a message. */
export interface SenderFrame {
  readonly url: string;
  readonly parent: unknown;
}

export interface InvokeEvent<F extends SenderFrame> {
  readonly sender: { readonly id: number };
  readonly senderFrame: F | null;
}

/** The part of Electron's ipcMain that answers pages. */
export interface InvokeRegistry<E> {
  handle(channel: string, listener: (event: E, ...args: unknown[]) => unknown): void;
}

/** Registers handlers that check who is speaking before what is said. Nothing else in this folder calls ipcMain. */
export interface CheckedHandlers<F extends SenderFrame> {
  handle<A extends unknown[]>(
    channel: string,
    args: z.ZodType<A>,
    answer: (frame: F, ...args: A) => Promise<unknown>,
  ): void;
}

/** Answers only the top frame of our own page in the main window (`mainContentsId`). */
export function createCheckedHandlers<F extends SenderFrame, E extends InvokeEvent<F>>(
  registry: InvokeRegistry<E>,
  mainContentsId: () => number | null,
): CheckedHandlers<F> {
  return {
    handle(channel, args, answer) {
      registry.handle(channel, async (event, ...raw) => {
        const frame = trustedFrame(event, mainContentsId());
        const parsed = args.safeParse(raw);
        if (!parsed.success)
          throw new AppError('RPC_ENVELOPE_INVALID', `the arguments of ${channel} are malformed`, { channel });
        return answer(frame, ...parsed.data);
      });
    },
  };
}

function trustedFrame<F extends SenderFrame>(
  { sender, senderFrame }: InvokeEvent<F>,
  mainContentsId: number | null,
): F {
  if (
    senderFrame === null ||
    senderFrame.parent !== null ||
    sender.id !== mainContentsId ||
    !isAppUrl(senderFrame.url)
  ) {
    throw new AppError('RPC_SENDER_REJECTED', 'only the top frame of the main window may ask this', {
      url: (senderFrame?.url ?? '').slice(0, 200),
    });
  }
  return senderFrame;
}

function isAppUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && url.protocol === `${APP_SCHEME}:` && url.host === APP_HOST;
}

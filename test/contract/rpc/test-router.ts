import { initTRPC, tracked } from '@trpc/server';
import { z } from 'zod';
import type { WireError } from '#contracts/primitives.ts';
import { AppError, isAppError } from '#core/base/index.ts';

/** What the procedures of the test router leave behind, for assertions. */
export class TestWorld {
  readonly notes: string[] = [];
  contexts = 0;
  cleanups = 0;
  pulled = 0;
  #release: (() => void)[] = [];

  /** Resolves when `releaseAll` is called or the signal aborts. */
  async hold(signal: AbortSignal | undefined): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#release.push(resolve);
      signal?.addEventListener('abort', () => {
        resolve();
      });
    });
  }

  get held(): number {
    return this.#release.length;
  }

  releaseAll(): void {
    for (const release of this.#release.splice(0)) release();
  }
}

export interface TestContext {
  readonly world: TestWorld;
}

const trpc = initTRPC.context<TestContext>().create({
  errorFormatter({ shape, error }) {
    const { cause } = error;
    const wire: WireError = isAppError(cause)
      ? { code: cause.code, message: cause.message, details: cause.details, correlationId: 'c-1' }
      : {
          code: error.code === 'BAD_REQUEST' ? 'USAGE_INVALID' : 'INTERNAL',
          message: 'hidden',
          details: {},
          correlationId: 'c-1',
        };
    return { ...shape, message: wire.message, data: { code: shape.data.code, wire } };
  },
});

const From = z.object({ lastEventId: z.string().nullish(), count: z.number().int() });

export const testRouter = trpc.router({
  echo: trpc.procedure.input(z.unknown()).query(({ input }) => ({ value: input })),
  note: trpc.procedure.input(z.object({ text: z.string().max(8) })).mutation(({ ctx, input }) => {
    ctx.world.notes.push(input.text);
    return { notes: ctx.world.notes.length };
  }),
  refuse: trpc.procedure.query(() => {
    throw new AppError('SITE_LOCKED', 'another station works here', { pid: 42 });
  }),
  crash: trpc.procedure.query(() => {
    throw new Error('secret path /var/lib/gantry');
  }),
  hold: trpc.procedure.query(async ({ ctx, signal }) => {
    await ctx.world.hold(signal);
    return 'released';
  }),
  unsendable: trpc.procedure.query(() => ({ value: { call: () => 1 } })),
  /** Numbers from after the last one seen up to `count`, then ends. */
  numbers: trpc.procedure.input(From).subscription(async function* ({ ctx, input, signal }) {
    try {
      for (let n = Number(input.lastEventId ?? 0) + 1; n <= input.count && signal?.aborted !== true; n += 1) {
        ctx.world.pulled = n;
        yield tracked(String(n), { n });
      }
    } finally {
      ctx.world.cleanups += 1;
    }
  }),
  /** Two numbers a hold: stays open until it is stopped. */
  drip: trpc.procedure.input(z.object({ lastEventId: z.string().nullish() })).subscription(async function* ({
    ctx,
    input,
    signal,
  }) {
    try {
      for (let n = Number(input.lastEventId ?? 0) + 1; signal?.aborted !== true; n += 1) {
        yield tracked(String(n), n);
        if (n % 2 === 0) await ctx.world.hold(signal);
      }
    } finally {
      ctx.world.cleanups += 1;
    }
  }),
  breaksAfterTwo: trpc.procedure.subscription(async function* () {
    yield await Promise.resolve(1);
    yield 2;
    throw new AppError('SITE_LOCKED', 'broke', {});
  }),
});

export type TestRouter = typeof testRouter;

export function testContext(world: TestWorld): TestContext {
  world.contexts += 1;
  return { world };
}

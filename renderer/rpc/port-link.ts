import type { TRPCLink } from '@trpc/client';
import type { AnyRouter } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import type { PortConnection } from './port-connection.ts';

/** A terminating link that sends calls over a message port. */
export function portLink<R extends AnyRouter>(connection: PortConnection): TRPCLink<R> {
  return () =>
    ({ op }) =>
      observable((observer) => {
        const stop = connection.run({ type: op.type, path: op.path, input: op.input }, observer);
        const onAbort = () => {
          observer.complete();
        };
        if (op.signal?.aborted === true) onAbort();
        else op.signal?.addEventListener('abort', onAbort, { once: true });
        return () => {
          op.signal?.removeEventListener('abort', onAbort);
          stop();
        };
      });
}

import { getTRPCErrorFromUnknown, getTRPCErrorShape, TRPCError, type AnyRouter } from '@trpc/server';
import { RpcErrorShape, type CallMessage } from '#contracts/rpc-envelope.ts';
import type { AppError } from '#core/base/index.ts';

/** The error of a call as the router's own formatter shapes it, so that every link shows the same. */
export function callErrorShape(router: AnyRouter, failure: unknown, call: CallMessage, ctx: unknown): RpcErrorShape {
  const error = getTRPCErrorFromUnknown(failure);
  const shape: unknown = getTRPCErrorShape({
    config: router._def._config,
    error,
    type: call.type,
    path: call.path,
    input: call.input,
    ctx,
  });
  return RpcErrorShape.parse(shape);
}

/** The error of a message that never became a call. */
export function refusalShape(router: AnyRouter, refusal: AppError): RpcErrorShape {
  const error = new TRPCError({ code: 'BAD_REQUEST', message: refusal.message, cause: refusal });
  const shape: unknown = getTRPCErrorShape({
    config: router._def._config,
    error,
    type: 'unknown',
    path: undefined,
    input: undefined,
    ctx: undefined,
  });
  return RpcErrorShape.parse(shape);
}

import { TRPCClientError } from '@trpc/client';
import { z } from 'zod';
import { errorEntry, type ErrorCode } from '#contracts/errors/index.ts';
import { WireError } from '#contracts/primitives.ts';
import type { RpcErrorShape } from '#contracts/rpc-envelope.ts';

const Wired = z.object({ wire: WireError });

/** The error of the station behind anything that a call threw: `{ code, message, details, correlationId }`. */
export function wireErrorOf(error: unknown): WireError {
  if (!(error instanceof TRPCClientError)) return catalogued('INTERNAL');
  // Without a shape the station never answered: the connection went away under the call.
  if (error.shape === undefined || error.shape === null) return catalogued('RPC_CLOSED');
  const parsed = Wired.safeParse(error.data);
  return parsed.success ? parsed.data.wire : catalogued('INTERNAL');
}

/** JSON-RPC code of tRPC's CLIENT_CLOSED_REQUEST. */
const CLIENT_CLOSED = -32099;

/** An error that this side finds by itself, shaped as if the station had sent it. */
export function wireShape(code: ErrorCode): RpcErrorShape {
  const wire = catalogued(code);
  return { code: CLIENT_CLOSED, message: wire.message, data: { code: 'CLIENT_CLOSED_REQUEST', wire } };
}

/** What pending calls get when their connection goes away. */
export function closedShape(): RpcErrorShape {
  return wireShape('RPC_CLOSED');
}

function catalogued(code: ErrorCode): WireError {
  return { code, message: errorEntry(code).what, details: {} };
}

import { z } from 'zod';
import { RPC_LIMITS } from './rpc.ts';

const CallId = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const EventId = z.string().min(1).max(RPC_LIMITS.eventIdChars);

/** A tRPC error shape: `data.wire` holds `{ code, message, details, correlationId }`. */
export const RpcErrorShape = z.object({ code: z.number().int(), message: z.string(), data: z.unknown() });
export type RpcErrorShape = z.infer<typeof RpcErrorShape>;

/** What a page sends over a port. */
export const PageMessage = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('call'),
    id: CallId,
    type: z.enum(['query', 'mutation', 'subscription']),
    path: z.string().min(1).max(RPC_LIMITS.pathChars),
    input: z.unknown(),
    /** The last event that the page saw, when it resumes a subscription. */
    lastEventId: EventId.optional(),
  }),
  z.strictObject({ kind: z.literal('stop'), id: CallId }),
  /** `received`: events of this subscription so far; opens the window again. */
  z.strictObject({ kind: z.literal('ack'), id: CallId, received: z.number().int().min(0) }),
]);
export type PageMessage = z.infer<typeof PageMessage>;
export type CallMessage = Extract<PageMessage, { kind: 'call' }>;

/** What the station sends over a port. */
export const StationMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('result'), id: CallId, data: z.unknown() }),
  z.object({ kind: z.literal('error'), id: CallId, error: RpcErrorShape }),
  z.object({ kind: z.literal('started'), id: CallId }),
  z.object({ kind: z.literal('event'), id: CallId, data: z.unknown(), eventId: EventId.optional() }),
  z.object({ kind: z.literal('stopped'), id: CallId }),
  /** A message that belongs to no call and was dropped. */
  z.object({ kind: z.literal('violation'), error: RpcErrorShape }),
]);
export type StationMessage = z.infer<typeof StationMessage>;

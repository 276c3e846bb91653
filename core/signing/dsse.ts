import type { DsseEnvelope } from '#contracts/device.ts';
import { DsseEnvelope as DsseEnvelopeSchema } from '#contracts/device.ts';
import type { z } from 'zod';
import { AppError, canonicalJson, type Json } from '#core/base/index.ts';
import type { SignatureVerifier, SigningKey } from '#core/keys/ports.ts';
import { fromBase64, toBase64 } from './base64.ts';

/** DSSE pre-authentication encoding: `DSSEv1 SP len(type) SP type SP len(body) SP body` (DSSE v1.0, protocol.md). */
function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const type = encoder.encode(payloadType);
  const head = encoder.encode(`DSSEv1 ${String(type.length)} ${payloadType} ${String(payload.length)} `);
  const out = new Uint8Array(head.length + payload.length);
  out.set(head);
  out.set(payload, head.length);
  return out;
}

/** Signs a document of the wire: canonical JSON inside a DSSE envelope. */
export async function sealDocument(payloadType: string, document: Json, key: SigningKey): Promise<DsseEnvelope> {
  const payload = new TextEncoder().encode(canonicalJson(document));
  const signature = await key.sign(preAuthEncoding(payloadType, payload));
  return { payloadType, payload: toBase64(payload), signatures: [{ keyid: key.keyId, sig: toBase64(signature) }] };
}

export interface OpenOptions<S extends z.ZodType> {
  readonly payloadType: string;
  readonly schema: S;
  /** The one key that this sender signs with. */
  readonly publicKeyPem: string;
  readonly verifier: SignatureVerifier;
}

/**
 * Opens a signed document. Untrusted: `envelope` comes from the wire.
 * Throws DOCUMENT_SIGNATURE_INVALID or INPUT_MALFORMED; the payload is parsed only after its signature holds.
 */
export function openDocument<S extends z.ZodType>(envelope: unknown, options: OpenOptions<S>): z.output<S> {
  const parsed = DsseEnvelopeSchema.safeParse(envelope);
  if (!parsed.success) throw new AppError('INPUT_MALFORMED', 'not a DSSE envelope', {}, { cause: parsed.error });
  const { payloadType, payload, signatures } = parsed.data;
  if (payloadType !== options.payloadType) {
    throw new AppError(
      'DOCUMENT_SIGNATURE_INVALID',
      `payload type must be ${options.payloadType}, envelope has ${payloadType}`,
      { payloadType },
    );
  }
  const bytes = fromBase64(payload);
  const signed = preAuthEncoding(payloadType, bytes);
  const holds = signatures.some((signature) =>
    options.verifier.verify(options.publicKeyPem, signed, fromBase64(signature.sig)),
  );
  if (!holds)
    throw new AppError('DOCUMENT_SIGNATURE_INVALID', 'no signature of the envelope belongs to the expected key', {
      payloadType,
    });
  return parsePayload(bytes, options.schema);
}

function parsePayload<S extends z.ZodType>(bytes: Uint8Array, schema: S): z.output<S> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new AppError('INPUT_MALFORMED', 'signed payload is not UTF-8 JSON', {}, { cause });
  }
  const document = schema.safeParse(json);
  if (!document.success)
    throw new AppError('INPUT_MALFORMED', 'signed payload is not of the expected form', {}, { cause: document.error });
  return document.data;
}

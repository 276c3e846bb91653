import { Agent, request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { AppError } from '#core/base/index.ts';

/** What proves this device and what it trusts: the pinned site CA, nothing of the system. */
export interface TlsIdentity {
  readonly caPem: string;
  /** Absent only before enrolment. */
  readonly client?: { readonly certificatePem: string; readonly privateKeyPem: string };
}

export interface HttpsResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
  /** The whole body; INPUT_TOO_LARGE above the limit. */
  bytes(limitBytes: number): Promise<Uint8Array>;
  /** Ends the exchange without reading the rest. */
  discard(): void;
}

export interface HttpsRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal;
}

/** HTTPS to the station. Resolves with any status; MIRROR_UNREACHABLE when there is no answer. */
export interface HttpsClient {
  send(request: HttpsRequest): Promise<HttpsResponse>;
  close(): void;
}

/** A silent peer is gone; pulls resume where they stopped. */
const SILENCE_MS = 15_000;

export function createHttpsClient(identity: TlsIdentity): HttpsClient {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 4,
    ca: identity.caPem,
    minVersion: 'TLSv1.2',
    ...(identity.client === undefined
      ? {}
      : { cert: identity.client.certificatePem, key: identity.client.privateKeyPem }),
  });
  return {
    send: (request) => send(agent, request),
    close: () => {
      agent.destroy();
    },
  };
}

function send(agent: Agent, { method, url, headers = {}, body, signal }: HttpsRequest): Promise<HttpsResponse> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => {
      reject(
        signal?.aborted === true
          ? (signal.reason as Error)
          : new AppError(
              'MIRROR_UNREACHABLE',
              `no answer from ${new URL(url).host}: ${cause.message}`,
              { url },
              { cause },
            ),
      );
    };
    const outgoing = httpsRequest(url, {
      method,
      agent,
      headers: { ...headers, ...(body === undefined ? {} : { 'Content-Length': String(body.length) }) },
      ...(signal === undefined ? {} : { signal }),
    });
    outgoing.setTimeout(SILENCE_MS, () => outgoing.destroy(new Error(`silent for ${String(SILENCE_MS)} ms`)));
    outgoing.once('error', fail);
    outgoing.once('response', (incoming) => {
      resolve(responseOf(incoming, url));
    });
    outgoing.end(body);
  });
}

function responseOf(incoming: IncomingMessage, url: string): HttpsResponse {
  const body = bodyOf(incoming, url);
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    body,
    bytes: (limitBytes) => readWithin(body, limitBytes, url),
    discard: () => {
      incoming.resume();
    },
  };
}

async function* bodyOf(incoming: IncomingMessage, url: string): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of incoming) yield chunk as Uint8Array;
  } catch (cause) {
    throw new AppError('MIRROR_UNREACHABLE', 'the connection broke inside an answer', { url }, { cause });
  }
}

async function readWithin(body: AsyncIterable<Uint8Array>, limitBytes: number, url: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limitBytes)
      throw new AppError('INPUT_TOO_LARGE', `an answer may have ${String(limitBytes)} bytes, this one has more`, {
        url,
        limitBytes,
      });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

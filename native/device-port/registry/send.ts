import type { IncomingMessage, ServerResponse } from 'node:http';

/** Error codes of the distribution specification that a pull-only registry answers with. */
export type RegistryErrorCode =
  | 'NAME_UNKNOWN'
  | 'NAME_INVALID'
  | 'MANIFEST_UNKNOWN'
  | 'MANIFEST_INVALID'
  | 'BLOB_UNKNOWN'
  | 'DIGEST_INVALID'
  | 'UNAUTHORIZED'
  | 'UNSUPPORTED'
  | 'UNAVAILABLE';

/** Headers and body in one write; a HEAD gets the same headers without the body. */
export function sendBytes(
  request: IncomingMessage,
  response: ServerResponse,
  answer: { status: number; headers: Readonly<Record<string, string>>; body: Uint8Array },
): void {
  response.writeHead(answer.status, {
    'Docker-Distribution-Api-Version': 'registry/2.0',
    'Content-Length': String(answer.body.length),
    ...answer.headers,
  });
  response.end(request.method === 'HEAD' ? undefined : answer.body);
}

export function sendJson(
  request: IncomingMessage,
  response: ServerResponse,
  answer: { status: number; headers?: Readonly<Record<string, string>>; json: unknown },
): void {
  const body = Buffer.from(JSON.stringify(answer.json));
  sendBytes(request, response, {
    status: answer.status,
    headers: { 'Content-Type': 'application/json', ...answer.headers },
    body,
  });
}

/** `{"errors":[{"code":…}]}` (distribution-spec, "Error Codes"). */
export function sendRegistryError(
  request: IncomingMessage,
  response: ServerResponse,
  error: { status: number; code: RegistryErrorCode; message: string; headers?: Readonly<Record<string, string>> },
): void {
  const json = { errors: [{ code: error.code, message: error.message, detail: {} }] };
  sendJson(request, response, {
    status: error.status,
    json,
    ...(error.headers === undefined ? {} : { headers: error.headers }),
  });
}

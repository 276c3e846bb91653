import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorCode } from '#contracts/errors/index.ts';
import { toAppError } from '#core/base/index.ts';
import { sendJson } from './registry/send.ts';

/** Status of the codes that a device can meet; everything else is the station's own failure. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  INPUT_MALFORMED: 400,
  USAGE_INVALID: 400,
  ENROLMENT_REQUEST_INVALID: 400,
  DEVICE_CERTIFICATE_REFUSED: 401,
  ENROLMENT_CODE_INVALID: 403,
  NOT_PERMITTED: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  INPUT_TOO_LARGE: 413,
  TELEMETRY_MALFORMED: 400,
  // OTLP/HTTP: retryable, after the time that the header names.
  TELEMETRY_BACKPRESSURE: 429,
  DISK_FULL: 507,
};

/** The wire form of a failure: code, sentence and details; no cause, no stack. */
export function sendError(request: IncomingMessage, response: ServerResponse, thrown: unknown): void {
  const error = toAppError(thrown);
  const status = STATUS[error.code] ?? 500;
  const message = error.code === 'INTERNAL' ? 'The station could not answer.' : error.message;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  // What is left of a refused body is not worth reading.
  const headers: Record<string, string> =
    status === 413 ? { Connection: 'close' } : status === 429 ? { 'Retry-After': '1' } : {};
  sendJson(request, response, {
    status,
    headers,
    json: { code: error.code, message, details: error.code === 'INTERNAL' ? {} : error.details },
  });
}

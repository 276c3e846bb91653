import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { DEVICE_PATHS, EnrolmentRequest, SampleUpload, type EnrolmentResponse } from '#contracts/device.ts';
import { AppError, KIB, MIB, type Clock } from '#core/base/index.ts';
import { peerIdentity } from '#core/fleet/index.ts';
import type { DeviceGate, PeerIdentity, Refusal } from '#core/fleet/ports.ts';
import { sendError } from './http-error.ts';
import { listen, stop, TIMEOUTS } from './listening.ts';
import { rateLimit, type RateLimit } from './rate-limit.ts';
import { readBody, readJsonBody } from './read-body.ts';
import { registryHandler, type RegistrySources } from './registry/registry-handler.ts';
import { sendBytes, sendJson, sendRegistryError } from './registry/send.ts';

const BODY_LIMITS = { enrol: 16 * KIB, metrics: 4 * MIB, sample: 20 * MIB } as const;
/** A person types a code a few times; a machine that tries more often waits. */
const ENROL_RATE = { count: 10, windowMs: 60_000 } as const;

export interface DevicePortOptions extends RegistrySources {
  readonly host: string;
  readonly port: number;
  readonly credentials: { readonly certificatePem: string; readonly privateKeyPem: string; readonly caPem: string };
  readonly site: string;
  readonly gate: DeviceGate;
  readonly clock: Clock;
  readonly enrol: (request: EnrolmentRequest) => Promise<EnrolmentResponse>;
  /** Durable before it resolves: the answer is the acknowledgement. */
  readonly receiveMetrics: (device: string, contentType: string, body: Uint8Array) => Promise<void>;
  /** Durable before it resolves. */
  readonly receiveSample: (upload: SampleUpload) => Promise<void>;
  readonly onError?: (error: unknown, path: string) => void;
}

export interface DevicePort {
  readonly port: number;
  /** After a renewal of the server certificate. */
  useCredentials(credentials: DevicePortOptions['credentials']): void;
  close(): Promise<void>;
}

/**
 * The one HTTPS port of the station that devices reach. Enrolment works without a client certificate;
 * every other path needs one of the site CA that belongs to a known, unrevoked device, checked at each request.
 */
export async function startDevicePort(options: DevicePortOptions): Promise<DevicePort> {
  const handler = createHandler(options);
  const server = createServer({ ...tlsOptions(options.credentials), ...TIMEOUTS }, (request, response) => {
    handler(request, response).catch((error: unknown) => {
      options.onError?.(error, request.url ?? '');
      sendError(request, response, error);
    });
  });
  const port = await listen(server, options);
  return {
    port,
    useCredentials: (credentials) => {
      (server satisfies Server).setSecureContext(tlsOptions(credentials));
    },
    close: () => stop(server),
  };
}

/** The CA goes out with the chain: a device compares it with its enrolment code before it sends anything. */
function tlsOptions({ certificatePem, privateKeyPem, caPem }: DevicePortOptions['credentials']) {
  // Enrolment comes without a certificate, so the handshake asks and each route demands.
  return {
    cert: `${certificatePem}\n${caPem}`,
    key: privateKeyPem,
    ca: caPem,
    minVersion: 'TLSv1.2',
    requestCert: true,
    rejectUnauthorized: false,
  } as const;
}

function createHandler(
  options: DevicePortOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const registry = registryHandler(options);
  const mayEnrol = rateLimit(ENROL_RATE, options.clock);
  return async (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    if (path === DEVICE_PATHS.enrol) {
      await enrol(request, response, { options, mayEnrol });
      return;
    }
    const caller = identify(request, options);
    if ('why' in caller) {
      options.gate.refused(caller);
      sendUnauthorized(request, response, path, caller);
      return;
    }
    await serve({ request, response, path, device: caller.device }, options, registry);
  };
}

async function serve(
  call: { request: IncomingMessage; response: ServerResponse; path: string; device: string },
  options: DevicePortOptions,
  registry: ReturnType<typeof registryHandler>,
): Promise<void> {
  const { request, response, path, device } = call;
  if (path === '/v2' || path.startsWith(DEVICE_PATHS.registry)) {
    await registry(request, response);
  } else if (path === DEVICE_PATHS.metrics && request.method === 'POST') {
    await takeMetrics(request, response, { device, receive: options.receiveMetrics });
  } else if (path === DEVICE_PATHS.samples && request.method === 'POST') {
    await takeSample(request, response, { device, receive: options.receiveSample });
  } else {
    throw new AppError('NOT_FOUND', 'this port has no such path', { path: path.slice(0, 256) });
  }
}

async function enrol(
  request: IncomingMessage,
  response: ServerResponse,
  { options, mayEnrol }: { options: DevicePortOptions; mayEnrol: RateLimit },
): Promise<void> {
  if (request.method !== 'POST') {
    sendJson(request, response, {
      status: 405,
      headers: { Allow: 'POST' },
      json: { code: 'USAGE_INVALID', message: 'enrolment is a POST', details: {} },
    });
    return;
  }
  if (!mayEnrol(request.socket.remoteAddress ?? '')) {
    const json = {
      code: 'ENROLMENT_CODE_INVALID',
      message: 'too many tries from this address; wait a minute',
      details: {},
    };
    sendJson(request, response, { status: 429, headers: { 'Retry-After': '60', Connection: 'close' }, json });
    return;
  }
  const parsed = EnrolmentRequest.safeParse(await readJsonBody(request, BODY_LIMITS.enrol));
  if (!parsed.success)
    throw new AppError(
      'ENROLMENT_REQUEST_INVALID',
      'the enrolment request is not of the expected form',
      {},
      { cause: parsed.error },
    );
  sendJson(request, response, { status: 200, json: await options.enrol(parsed.data) });
}

async function takeMetrics(
  request: IncomingMessage,
  response: ServerResponse,
  to: { device: string; receive: DevicePortOptions['receiveMetrics'] },
): Promise<void> {
  const contentType = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const body = await readBody(request, BODY_LIMITS.metrics);
  await to.receive(to.device, contentType, body);
  // OTLP/HTTP: an empty ExportMetricsServiceResponse, in the encoding of the request.
  if (contentType === 'application/json') sendJson(request, response, { status: 200, json: {} });
  else sendBytes(request, response, { status: 200, headers: { 'Content-Type': contentType }, body: new Uint8Array() });
}

async function takeSample(
  request: IncomingMessage,
  response: ServerResponse,
  to: { device: string; receive: DevicePortOptions['receiveSample'] },
): Promise<void> {
  const parsed = SampleUpload.safeParse(await readJsonBody(request, BODY_LIMITS.sample));
  if (!parsed.success)
    throw new AppError('INPUT_MALFORMED', 'the sample is not of the expected form', {}, { cause: parsed.error });
  if (parsed.data.device !== to.device) {
    throw new AppError('NOT_PERMITTED', `the certificate names ${to.device}, the sample ${parsed.data.device}`, {
      device: to.device,
    });
  }
  await to.receive(parsed.data);
  sendJson(request, response, { status: 200, json: { accepted: true } });
}

function identify({ socket }: IncomingMessage, options: DevicePortOptions): PeerIdentity | Refusal {
  const refuse = (why: Refusal['why'], device: string | null = null): Refusal => ({ device, via: 'https', why });
  if (!(socket instanceof TLSSocket)) return refuse('no-certificate');
  const certificate = socket.getPeerCertificate();
  // Node gives an object without members when the client sent none.
  if (Object.keys(certificate).length === 0) return refuse('no-certificate');
  if (!socket.authorized) return refuse('certificate-not-verified');
  const identity = peerIdentity(certificate);
  if (identity === undefined) return refuse('certificate-names-no-device');
  if (identity.site !== options.site) return refuse('other-site', identity.device);
  // A resumed TLS session is not checked against the clock again.
  if (identity.notAfter <= options.clock.now()) return refuse('certificate-expired', identity.device);
  return options.gate.admits(identity) ? identity : refuse('not-admitted', identity.device);
}

function sendUnauthorized(request: IncomingMessage, response: ServerResponse, path: string, refusal: Refusal): void {
  const headers = { 'WWW-Authenticate': 'mutual-tls', Connection: 'close' };
  if (path.startsWith(DEVICE_PATHS.registry)) {
    sendRegistryError(request, response, {
      status: 401,
      code: 'UNAUTHORIZED',
      message: `client certificate: ${refusal.why}`,
      headers,
    });
    return;
  }
  const json = {
    code: 'DEVICE_CERTIFICATE_REFUSED',
    message: `The client certificate is not accepted: ${refusal.why}.`,
    details: { why: refusal.why },
  };
  sendJson(request, response, { status: 401, headers, json });
}

import type { IncomingMessage } from 'node:http';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { TensorContract } from '#contracts/bundle.ts';
import type { ErrorCode } from '#contracts/errors/index.ts';
import { AppError, MIB, toAppError, PROGRAM_VERSION } from '#core/base/index.ts';
import { checkInputs } from './check-inputs.ts';
import { parseInferenceRequest } from './inference-request.ts';
import { encodeInferenceResponse } from './inference-response.ts';
import { readRequestBody } from './read-request-body.ts';
import type { LoadedModel, ModelHost } from './model-host.ts';

/** A batch of camera images as JSON numbers. */
const BODY_LIMIT_BYTES = 128 * MIB;

const HEADER_LENGTH = 'inference-header-content-length';

/** HTTP status of what may go wrong with a request. */
const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  INFERENCE_INPUT_INVALID: 400,
  INPUT_TOO_LARGE: 413,
  NOT_FOUND: 404,
  MODEL_NOT_SERVING: 503,
  USAGE_INVALID: 405,
};

export interface ModelServer {
  readonly url: string;
  close(): Promise<void>;
}

/** The model server of the gateway: Open Inference Protocol v2 over HTTP, JSON and binary tensors. */
export async function startModelServer(host: ModelHost, listen: { host: string; port: number }): Promise<ModelServer> {
  const server = fastify({ bodyLimit: BODY_LIMIT_BYTES, logger: false, forceCloseConnections: 'idle' });
  acceptAnyBody(server);
  server.get('/v2', () => ({ name: 'gantry-agent', version: PROGRAM_VERSION, extensions: ['binary_tensor_data'] }));
  server.get('/v2/health/live', () => ({ live: true }));
  server.get('/v2/health/ready', (_request, reply) =>
    reply.code(host.active === null ? 503 : 200).send({ ready: host.active !== null }),
  );
  // Model names are repository names and may hold slashes, so the tail of the path is read by hand.
  server.all('/v2/models/*', (request, reply) => serveModel(host, request, reply));
  const url = await server.listen({ host: listen.host, port: listen.port });
  return { url, close: () => server.close() };
}

function acceptAnyBody(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', (request: FastifyRequest, stream: IncomingMessage) =>
    readRequestBody(stream, { limitBytes: BODY_LIMIT_BYTES, headerLength: headerLengthOf(request) }),
  );
  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const known =
      error.statusCode === 413
        ? new AppError('INPUT_TOO_LARGE', `a request may have ${String(BODY_LIMIT_BYTES)} bytes`)
        : toAppError(error);
    return sendError(reply, known);
  });
  server.setNotFoundHandler((request, reply) =>
    sendError(reply, new AppError('NOT_FOUND', `no such path: ${request.url.slice(0, 256)}`)),
  );
}

async function serveModel(host: ModelHost, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const call = parseModelPath((request.params as { '*': string })['*']);
  if (call.action === 'infer') {
    if (request.method !== 'POST') throw new AppError('USAGE_INVALID', 'inference is a POST');
    return infer(host, { request, reply, call });
  }
  const model = modelOf(host, call);
  return reply.send(call.action === 'ready' ? { name: call.model, ready: true } : describe(model));
}

interface ModelCall {
  readonly model: string;
  readonly version: string | null;
  readonly action: 'infer' | 'ready' | 'metadata';
}

/** `{model}[/versions/{version}][/infer|/ready]`. */
export function parseModelPath(path: string): ModelCall {
  const action = path.endsWith('/infer') ? 'infer' : path.endsWith('/ready') ? 'ready' : 'metadata';
  const rest = action === 'metadata' ? path : path.slice(0, path.lastIndexOf('/'));
  const [model = '', version = null] = rest.split('/versions/', 2);
  return { model, version, action };
}

function modelOf(host: ModelHost, call: ModelCall): LoadedModel {
  const { active } = host;
  if (active === null) throw new AppError('MODEL_NOT_SERVING', 'no model is serving on this device');
  checkName(active, call);
  return active;
}

function checkName(active: LoadedModel, { model, version }: ModelCall): void {
  const { ref } = active.installed;
  if (model !== ref.repository)
    throw new AppError('NOT_FOUND', `this device serves ${ref.repository}, not ${model}`, { model });
  if (version !== null && version !== ref.version)
    throw new AppError('NOT_FOUND', `this device serves version ${ref.version}, not ${version}`, { version });
}

async function infer(
  host: ModelHost,
  { request, reply, call }: { request: FastifyRequest; reply: FastifyReply; call: ModelCall },
): Promise<FastifyReply> {
  const parsed = parseInferenceRequest(bodyOf(request), headerLengthOf(request));
  // Name and contract are checked against the model that will run: a swap may come at any moment before.
  const answered = await host.infer((model) => {
    checkName(model, call);
    return checkInputs(model.installed.contract, parsed.inputs);
  });
  const { ref } = answered.model.installed;
  const { head, tails } = encodeInferenceResponse(parsed, answered.outputs, {
    model: ref.repository,
    version: ref.version,
  });
  if (tails.length === 0) return reply.type('application/json').send(head);
  return sendBinary(reply, head, tails);
}

/** The parts go out as they are: joining them would copy every tensor once more. */
function sendBinary(reply: FastifyReply, head: Uint8Array, tails: readonly Uint8Array[]): FastifyReply {
  reply.hijack();
  const { raw } = reply;
  const length = tails.reduce((sum, tail) => sum + tail.length, head.length);
  raw.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': String(length),
    [HEADER_LENGTH]: String(head.length),
  });
  raw.cork();
  for (const part of [head, ...tails]) raw.write(part);
  raw.end();
  return reply;
}

function bodyOf(request: FastifyRequest): Uint8Array {
  if (request.body instanceof Uint8Array) return request.body;
  throw new AppError('INFERENCE_INPUT_INVALID', 'the request has no body');
}

function headerLengthOf(request: FastifyRequest): number | null {
  const header = request.headers[HEADER_LENGTH];
  if (header === undefined) return null;
  if (typeof header !== 'string' || !/^\d{1,10}$/.test(header))
    throw new AppError('INFERENCE_INPUT_INVALID', `${HEADER_LENGTH} is not a number`);
  return Number(header);
}

function describe({ installed }: LoadedModel): object {
  const port = ({ name, datatype, shape }: TensorContract): object => ({ name, datatype, shape });
  const { contract, ref } = installed;
  return {
    name: ref.repository,
    versions: [ref.version],
    platform: 'onnxruntime_onnx',
    inputs: contract.inputs.map(port),
    outputs: contract.outputs.map(port),
  };
}

/** Error body of the protocol, with the code of our catalogue beside it. Causes and stacks stay here. */
function sendError(reply: FastifyReply, error: AppError): FastifyReply {
  return reply.code(STATUS[error.code] ?? 500).send({ error: error.message, code: error.code });
}

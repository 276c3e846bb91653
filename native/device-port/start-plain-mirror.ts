import { createServer } from 'node:http';
import { AppError } from '#core/base/index.ts';
import { sendError } from './http-error.ts';
import { listen, stop, TIMEOUTS } from './listening.ts';
import { registryHandler, type RegistrySources } from './registry/registry-handler.ts';

export interface PlainMirror {
  readonly port: number;
  close(): Promise<void>;
}

/** The registry alone, unencrypted, for tools on this machine: it listens on loopback and nowhere else. */
export async function startPlainMirror(
  options: RegistrySources & { readonly port: number; readonly onError?: (error: unknown, path: string) => void },
): Promise<PlainMirror> {
  const registry = registryHandler(options);
  const server = createServer(TIMEOUTS, (request, response) => {
    const answered = (request.url ?? '').startsWith('/v2')
      ? registry(request, response)
      : Promise.reject(new AppError('NOT_FOUND', 'the mirror serves /v2/ only'));
    answered.catch((error: unknown) => {
      options.onError?.(error, request.url ?? '');
      sendError(request, response, error);
    });
  });
  const port = await listen(server, { host: '127.0.0.1', port: options.port });
  return { port, close: () => stop(server) };
}

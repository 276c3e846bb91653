import { createReadStream } from 'node:fs';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorCode } from '#contracts/errors/index.ts';
import {
  AppError,
  contentSecurityPolicy,
  htmlWithNonce,
  isAppError,
  NONCE_BYTES,
  SECURITY_HEADERS,
  type IdSource,
} from '#core/base/index.ts';
import type { AddressCheck } from './address-check.ts';
import { readCookie, sessionCookie } from './cookies.ts';
import type { ExpiringSecrets, SecretEntry } from './expiring-secrets.ts';
import type { PageFiles } from './page-files.ts';
import { noticePage } from './notice-page.ts';

const STATUS: Partial<Record<ErrorCode, number>> = {
  SESSION_REQUIRED: 401,
  START_TOKEN_INVALID: 403,
  ORIGIN_REFUSED: 403,
  NOT_FOUND: 404,
};

/** What is known only once the port is. */
export interface ShellAddress {
  readonly check: AddressCheck;
  readonly cookieName: string;
  readonly isSecure: boolean;
}

/** Everything that the handlers of one shell share. */
export interface PageShell {
  readonly page: PageFiles;
  readonly sessions: ExpiringSecrets;
  readonly startTokens: ExpiringSecrets;
  readonly sessionMs: number;
  readonly ids: IdSource;
  /** Precondition: the server listens. */
  address(): ShellAddress;
  readonly onRefusal: (refusal: AppError) => void;
}

/** Serves the page: entry with start link and nonce, files to sessions only, and a plain notice for everything else. */
export function servePage(app: FastifyInstance, shell: PageShell): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(SECURITY_HEADERS);
    shell.address().check.assertOwn(request.headers);
    done();
  });
  app.get('/', (request, reply) => answerEntry(shell, request, reply));
  app.get('/*', (request, reply) => answerFile(shell, request, reply));
  app.setNotFoundHandler((request, reply) =>
    refuse(shell, new AppError('NOT_FOUND', `no ${request.method} here`, {}), reply),
  );
  app.setErrorHandler((error, _request, reply) => {
    const refusal = isAppError(error)
      ? error
      : new AppError('NOT_FOUND', 'the request cannot be served', {}, { cause: error });
    return refuse(shell, refusal, reply);
  });
}

function answerEntry(shell: PageShell, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const token = new URLSearchParams(request.url.split('?', 2)[1] ?? '').getAll('token');
  if (token.length > 0) return exchangeToken(shell, request, reply, token);
  assertSession(shell, request);
  return sendPage(shell, reply);
}

/** The token ends here: it is used up, and the redirect takes it out of the address bar and the history. */
function exchangeToken(
  shell: PageShell,
  request: FastifyRequest,
  reply: FastifyReply,
  tokens: readonly string[],
): FastifyReply {
  const [token] = tokens;
  const isAccepted = tokens.length === 1 && token !== undefined && shell.startTokens.consume(token);
  if (!isAccepted && sessionOf(shell, request) === null)
    throw new AppError('START_TOKEN_INVALID', 'the start link is used up, expired or wrong', {});
  if (isAccepted) {
    const { cookieName, isSecure } = shell.address();
    reply.header(
      'set-cookie',
      sessionCookie(cookieName, shell.sessions.issue(), {
        maxAgeSeconds: Math.floor(shell.sessionMs / 1000),
        isSecure,
      }),
    );
  }
  return reply.header('cache-control', 'no-store').redirect('/', 303);
}

function answerFile(shell: PageShell, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  assertSession(shell, request);
  const file = shell.page.find(request.raw.url ?? '');
  if (file === null) throw new AppError('NOT_FOUND', 'no such file of the page', {});
  if (file.path === 'index.html') return sendPage(shell, reply);
  // Names under assets/ carry their content's hash.
  const caching = file.path.startsWith('assets/') ? 'private, max-age=31536000, immutable' : 'no-cache';
  return reply
    .headers({ 'content-type': file.contentType, 'content-length': file.sizeBytes, 'cache-control': caching })
    .send(createReadStream(file.file));
}

function sendPage(shell: PageShell, reply: FastifyReply): FastifyReply {
  const nonce = Buffer.from(shell.ids.random(NONCE_BYTES)).toString('base64url');
  return reply
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy(nonce),
      'cache-control': 'no-store',
    })
    .send(htmlWithNonce(shell.page.html, nonce));
}

function refuse(shell: PageShell, refusal: AppError, reply: FastifyReply): FastifyReply {
  shell.onRefusal(refusal);
  return reply
    .status(STATUS[refusal.code] ?? 400)
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cache-control': 'no-store',
    })
    .send(noticePage(refusal.code));
}

function assertSession(shell: PageShell, request: FastifyRequest): void {
  if (sessionOf(shell, request) === null)
    throw new AppError('SESSION_REQUIRED', 'the request carries no valid session', {});
}

function sessionOf(shell: PageShell, request: FastifyRequest): SecretEntry | null {
  const secret = readCookie(request.headers.cookie, shell.address().cookieName);
  return secret === null ? null : shell.sessions.find(secret);
}

import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { AppError, Clock } from '#core/base/index.ts';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { createHttpShell, type HttpShell } from '#native/http-shell/index.ts';
import { createSocketRpc, type SocketRpc } from '#native/rpc/index.ts';
import { testContext, testRouter, TestWorld } from '#test/contract/rpc/test-router.ts';

const SESSION_MS = 60_000;
const TOKEN_MS = 10_000;

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe('browser shell', () => {
  let root: string;
  let shell: HttpShell;
  let sockets: SocketRpc;
  let refusals: AppError[];
  let aheadMs: number;
  const clock: Clock = { ...systemClock, monotonicMs: () => 1_000 + aheadMs };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'gantry-shell-'));
    const dist = join(root, 'renderer');
    await mkdir(join(dist, 'assets'), { recursive: true });
    await writeFile(
      join(dist, 'index.html'),
      '<!doctype html><html><head><title>Gantry</title></head><body>the page</body></html>',
    );
    await writeFile(join(dist, 'assets/app-1a2b.js'), 'export const page = 1;');
    await writeFile(join(root, 'secret.txt'), 'site key');
    await symlink(join(root, 'secret.txt'), join(dist, 'link.txt'));
    refusals = [];
    aheadMs = 0;
    sockets = createSocketRpc({ router: testRouter, createContext: () => testContext(new TestWorld()) });
    shell = await createHttpShell({
      dist,
      sockets,
      clock,
      ids: randomIds(systemClock),
      sessionMs: SESSION_MS,
      startTokenMs: TOKEN_MS,
      onRefusal: (refusal) => refusals.push(refusal),
    });
  });
  afterEach(async () => {
    await shell.close();
    await sockets.close();
    await rm(root, { recursive: true, force: true });
  });

  /** The path goes on the wire as written: fetch would tidy it up. */
  async function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
    const { hostname, port } = new URL(shell.origin);
    return new Promise((resolve, reject) => {
      const request = httpRequest({ hostname, port, path, method, headers, agent: false }, (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (body += chunk));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        });
      });
      request.on('error', reject);
      request.end();
    });
  }

  function pathOf(link: string): string {
    return link.slice(shell.origin.length);
  }

  async function signIn(): Promise<{ cookie: string }> {
    const answer = await get(pathOf(shell.issueStartToken()));
    return { cookie: answer.headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '' };
  }

  describe('when the start link is opened', () => {
    it('sets a cookie that scripts and foreign pages do not get, and takes the token out of the address', async () => {
      const answer = await get(pathOf(shell.issueStartToken()));

      expect(answer.status).toBe(303);
      expect(answer.headers.location).toBe('/');
      expect(answer.headers['set-cookie']).toEqual([
        expect.stringMatching(/^gantry-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=60$/),
      ]);
      expect(answer.headers['cache-control']).toBe('no-store');
    });

    it('refuses the same link a second time', async () => {
      const link = pathOf(shell.issueStartToken());
      await get(link);

      const again = await get(link);

      expect(again.status).toBe(403);
      expect(again.headers['set-cookie']).toBeUndefined();
      expect(refusals.at(-1)?.code).toBe('START_TOKEN_INVALID');
    });

    it('leads a browser that is signed in already to the page', async () => {
      const session = await signIn();

      const answer = await get('/?token=used', session);

      expect(answer).toMatchObject({ status: 303, headers: { location: '/' } });
      expect(answer.headers['set-cookie']).toBeUndefined();
    });

    it.each(['/?token=', '/?token=wrong', `/?token=${'A'.repeat(43)}`])('refuses %s', async (path) => {
      const answer = await get(path);

      expect(answer.status).toBe(403);
      expect(answer.headers['set-cookie']).toBeUndefined();
    });

    it('refuses two tokens at once and uses neither', async () => {
      const link = pathOf(shell.issueStartToken());

      expect((await get(`${link}&token=x`)).status).toBe(403);
      expect((await get(link)).status).toBe(303);
    });

    it('refuses a link that has expired', async () => {
      const link = pathOf(shell.issueStartToken());
      aheadMs = TOKEN_MS;

      expect((await get(link)).status).toBe(403);
    });

    it('is not used up by a HEAD request', async () => {
      const link = pathOf(shell.issueStartToken());

      expect((await get(link, {}, 'HEAD')).status).toBe(404);
      expect((await get(link)).status).toBe(303);
    });
  });

  describe('when the page is asked for', () => {
    it('serves it under a policy whose nonce is fresh at each load and stands in the page', async () => {
      const session = await signIn();

      const [first, second] = [await get('/', session), await get('/', session)];

      const nonces = [first, second].map(
        (answer) => /'nonce-([\w-]+)'/.exec(answer.headers['content-security-policy']?.toString() ?? '')?.[1],
      );
      expect(nonces[0]).toMatch(/^[\w-]{22}$/);
      expect(nonces[0]).not.toBe(nonces[1]);
      expect(first.body).toContain(`<head><meta name="csp-nonce" content="${nonces[0] ?? ''}">`);
      expect(first.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
      expect(first.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
        'cache-control': 'no-store',
      });
    });

    it('serves files of the build with their type', async () => {
      const answer = await get('/assets/app-1a2b.js', await signIn());

      expect(answer).toMatchObject({
        status: 200,
        body: 'export const page = 1;',
        headers: { 'content-type': 'text/javascript; charset=utf-8', 'content-length': '22' },
      });
    });

    it.each(['/', '/fleet', '/index.html', '/assets/app-1a2b.js'])('refuses %s without a session', async (path) => {
      const answer = await get(path);

      expect(answer.status).toBe(401);
      expect(answer.body).toContain('SESSION_REQUIRED');
      expect(answer.body).not.toContain('the page');
    });

    it('refuses a session that has expired, whatever the wall clock says', async () => {
      const session = await signIn();
      aheadMs = SESSION_MS;

      expect((await get('/', session)).status).toBe(401);
    });

    it('refuses a made-up cookie and one that is given twice', async () => {
      const session = await signIn();
      const name = session.cookie.split('=', 1)[0] ?? '';

      expect((await get('/', { cookie: `${name}=${'A'.repeat(43)}` })).status).toBe(401);
      expect((await get('/', { cookie: `${session.cookie}; ${session.cookie}` })).status).toBe(401);
    });

    it.each([
      '/../secret.txt',
      '/assets/../../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/..%5csecret.txt',
      '/%252e%252e/secret.txt',
      '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
      '//secret.txt',
      '/link.txt',
      '/assets',
      '/missing.js',
      '/a%00.js',
      '/%',
    ])('does not let %s out of the build folder', async (path) => {
      const answer = await get(path, await signIn());

      expect(answer.body).not.toContain('site key');
      expect(path === '/assets' ? [200] : [400, 404]).toContain(answer.status);
    });
  });

  describe('when a request was meant for someone else', () => {
    it.each(['evil.example', 'evil.example:80', '127.0.0.1', 'localhost.evil.example', '127.0.0.1:1'])(
      'refuses the host %j before anything else',
      async (host) => {
        const answer = await get(pathOf(shell.issueStartToken()), { host });

        expect(answer.status).toBe(403);
        expect(answer.headers['set-cookie']).toBeUndefined();
      },
    );

    it.each(['http://evil.example', 'null', 'https://127.0.0.1', 'http://127.0.0.1'])(
      'refuses the origin %s',
      async (origin) => {
        expect((await get('/', { ...(await signIn()), origin })).status).toBe(403);
        expect(refusals.at(-1)?.code).toBe('ORIGIN_REFUSED');
      },
    );

    it('answers under its name localhost', async () => {
      const { port } = new URL(shell.origin);

      expect((await get('/', { ...(await signIn()), host: `localhost:${port}` })).status).toBe(200);
    });

    it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])('refuses %s', async (method) => {
      expect((await get('/', await signIn(), method)).status).toBe(404);
    });
  });

  describe('when a WebSocket connects', () => {
    async function connect(headers: Record<string, string>, path = '/rpc'): Promise<number | 'open'> {
      const socket = new WebSocket(`${shell.origin.replace('http', 'ws')}${path}`, { headers });
      try {
        return await new Promise((resolve, reject) => {
          socket.on('open', () => {
            resolve('open');
          });
          socket.on('unexpected-response', (_request, response) => {
            resolve(response.statusCode ?? 0);
          });
          socket.on('error', reject);
        });
      } finally {
        socket.on('error', () => undefined);
        socket.terminate();
      }
    }

    it('is let through from our own page with a session', async () => {
      expect(await connect({ ...(await signIn()), origin: shell.origin })).toBe('open');
    });

    it('is refused without a session', async () => {
      expect(await connect({ origin: shell.origin })).toBe(401);
    });

    it.each(['http://evil.example', 'null', 'https://127.0.0.1'])('is refused from the origin %s', async (origin) => {
      expect(await connect({ ...(await signIn()), origin })).toBe(403);
    });

    it('is refused without an origin', async () => {
      expect(await connect(await signIn())).toBe(403);
    });

    it('is refused under a foreign host', async () => {
      expect(await connect({ ...(await signIn()), origin: 'http://evil.example', host: 'evil.example' })).toBe(403);
    });

    it('is refused at another path', async () => {
      expect(await connect({ ...(await signIn()), origin: shell.origin }, '/other')).toBe(403);
    });
  });
});

describe('a session of the browser shell', () => {
  it('ends its open WebSocket when it expires', async () => {
    const dist = await mkdtemp(join(tmpdir(), 'gantry-expiry-'));
    await writeFile(join(dist, 'index.html'), '<html><head></head></html>');
    const rpc = createSocketRpc({ router: testRouter, createContext: () => testContext(new TestWorld()) });
    const short = await createHttpShell({
      dist,
      sockets: rpc,
      clock: systemClock,
      ids: randomIds(systemClock),
      sessionMs: 1_000,
    });
    const signIn = await fetch(short.issueStartToken(), { redirect: 'manual' });
    const cookie = signIn.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
    const socket = new WebSocket(`${short.origin.replace('http', 'ws')}/rpc`, {
      headers: { cookie, origin: short.origin },
    });
    const events: string[] = [];

    await new Promise<void>((resolve) => {
      socket.on('open', () => events.push('open'));
      socket.on('close', () => {
        events.push('close');
        resolve();
      });
    });

    expect(events).toEqual(['open', 'close']);
    await short.close();
    await rpc.close();
    await rm(dist, { recursive: true });
  });
});

describe('createHttpShell', () => {
  const base = { sockets: { accept: () => undefined }, clock: systemClock, ids: randomIds(systemClock) };

  describe('when the page is not built', () => {
    it('refuses with PAGE_NOT_BUILT', async () => {
      await expect(createHttpShell({ ...base, dist: '/nonexistent' })).rejects.toMatchObject({
        code: 'PAGE_NOT_BUILT',
      });
    });
  });

  describe('when other machines shall reach it without TLS', () => {
    it('refuses with LISTEN_REFUSED', async () => {
      await expect(createHttpShell({ ...base, dist: '/nonexistent', host: '0.0.0.0' })).rejects.toMatchObject({
        code: 'LISTEN_REFUSED',
      });
    });
  });
});

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contentSecurityPolicy } from '#core/base/index.ts';
import { createAppPage } from '#electron/main/app-page.ts';

describe('the page of the desktop shell', () => {
  let root: string;
  let answer: (request: Request) => Promise<Response>;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'gantry-app-'));
    await mkdir(join(root, 'renderer/assets'), { recursive: true });
    await writeFile(
      join(root, 'renderer/index.html'),
      '<html><head><meta name="csp-nonce" content="__CSP_NONCE__" /></head></html>',
    );
    await writeFile(join(root, 'renderer/assets/a-1.css'), 'b{}');
    await writeFile(join(root, 'secret.txt'), 'site key');
    answer = createAppPage(join(root, 'renderer'));
  });
  afterEach(async () => {
    await rm(root, { recursive: true, force: true });
  });

  it('carries the same policy as in a browser, with a fresh nonce in header and page', async () => {
    const responses = [await answer(new Request('app://gantry/')), await answer(new Request('app://gantry/#/fleet'))];

    const nonces = await Promise.all(
      responses.map(async (response) => /content="([\w-]{22})"/.exec(await response.text())?.[1] ?? ''),
    );
    expect(responses.map((response) => response.headers.get('content-security-policy'))).toEqual(
      nonces.map(contentSecurityPolicy),
    );
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  it('serves files of the build with their type', async () => {
    const response = await answer(new Request('app://gantry/assets/a-1.css'));

    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'text/css; charset=utf-8',
      'b{}',
    ]);
  });

  it.each([
    ['app://gantry/../secret.txt', 404],
    ['app://gantry/%2e%2e/secret.txt', 404],
    ['app://gantry/..%2fsecret.txt', 400],
    ['app://gantry/..%5csecret.txt', 400],
    ['app://gantry/..\\secret.txt', 400],
    ['app://gantry/%252e%252e/secret.txt', 400],
    ['app://gantry//etc/passwd', 400],
    ['app://gantry/assets/missing.js', 404],
    ['app://other/index.html', 403],
    ['app://gantry:80/index.html', 403],
  ])('answers %s with %i and nothing else', async (url, status) => {
    const response = await answer(new Request(url));

    expect([response.status, await response.text()]).toEqual([status, '']);
  });

  it.each(['POST', 'PUT', 'DELETE'])('refuses %s', async (method) => {
    expect((await answer(new Request('app://gantry/', { method }))).status).toBe(403);
  });
});

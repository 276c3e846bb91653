import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findBrowser } from '#cli/app-window.ts';
import { randomIds, systemClock } from '#native/clock/index.ts';
import { createHttpShell, type HttpShell } from '#native/http-shell/index.ts';
import { createSocketRpc, type SocketRpc } from '#native/rpc/index.ts';
import { testContext, testRouter, TestWorld } from '#test/contract/rpc/test-router.ts';

const executablePath = findBrowser(process.env);
if (executablePath === undefined)
  process.stderr.write('skipped: browser shell in a real browser: no Chromium, Chrome or Edge on this machine\n');

/** Says in the title what the policy let the page do. */
const PAGE_SCRIPT = `
const done = [];
const violations = [];
document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective));
const attempt = (name, run) => { try { run(); done.push(name); } catch { /* refused */ } };
attempt('eval', () => eval('1'));
attempt('styled', () => { const style = document.createElement('style'); style.nonce = document.querySelector('meta[name=csp-nonce]').content; style.textContent = 'body{color:rgb(1,2,3)}'; document.head.append(style); if (getComputedStyle(document.body).color !== 'rgb(1, 2, 3)') throw new Error(); });
attempt('unstyled', () => { const style = document.createElement('style'); style.textContent = 'body{color:rgb(9,9,9)}'; document.head.append(style); if (getComputedStyle(document.body).color !== 'rgb(9, 9, 9)') throw new Error(); });
attempt('inline', () => { const script = document.createElement('script'); script.textContent = 'window.wasRun = 1'; document.body.append(script); if (window.wasRun !== 1) throw new Error(); });
document.body.append(Object.assign(new Image(), { src: 'http://127.0.0.1:9/x.png' }));
const outside = await fetch('http://127.0.0.1:9/').then(() => 'fetched', () => 'refused');
const socket = new WebSocket(location.origin.replace('http', 'ws') + '/rpc');
const link = await new Promise((resolve) => { socket.onopen = () => resolve('open'); socket.onerror = () => resolve('refused'); });
window.outcome = { done, violations: [...new Set(violations)].sort(), outside, link, cookie: document.cookie, address: location.href };
`;

/** What a foreign page attempts against the shell at `origin`. */
const foreignScript = (origin: string) => `(async () => {
  const read = await fetch('${origin}/assets/page.js', { credentials: 'include' }).then((response) => response.text(), () => 'refused');
  const socket = new WebSocket('${origin.replace('http', 'ws')}/rpc');
  const link = await new Promise((resolve) => { socket.onopen = () => resolve('open'); socket.onerror = () => resolve('refused'); });
  const frame = Object.assign(document.createElement('iframe'), { src: '${origin}/' });
  const framed = new Promise((resolve) => { frame.onload = resolve; });
  document.body.append(frame);
  await framed;
  return { read, link };
})()`;

const Outcome = z.object({
  done: z.array(z.string()),
  violations: z.array(z.string()),
  outside: z.string(),
  link: z.string(),
  cookie: z.string(),
  address: z.string(),
});

describe.skipIf(executablePath === undefined)('browser shell in a real browser', () => {
  let root: string;
  let shell: HttpShell;
  let sockets: SocketRpc;
  let foreign: Server;
  let browser: Browser;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'gantry-browser-'));
    await mkdir(join(root, 'assets'));
    await writeFile(
      join(root, 'index.html'),
      '<!doctype html><html><head><title>page</title></head><body><script type="module" src="./assets/page.js"></script></body></html>',
    );
    await writeFile(join(root, 'assets/page.js'), PAGE_SCRIPT);
    sockets = createSocketRpc({ router: testRouter, createContext: () => testContext(new TestWorld()) });
    shell = await createHttpShell({ dist: root, sockets, clock: systemClock, ids: randomIds(systemClock) });
    foreign = createServer((_request, response) =>
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>foreign</title>'),
    );
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
    browser = await chromium.launch({
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-gpu'],
    });
  });
  afterAll(async () => {
    await browser.close();
    await shell.close();
    await sockets.close();
    await new Promise((resolve) => foreign.close(resolve));
    await rm(root, { recursive: true, force: true });
  });

  async function signedIn(): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    await page.goto(shell.issueStartToken());
    return page;
  }

  it('opens the page and its link to the station, and holds the page to its policy', async () => {
    const page = await signedIn();

    const outcome = Outcome.parse(await (await page.waitForFunction('window.outcome')).jsonValue());

    expect(outcome).toEqual({
      done: ['styled'],
      violations: ['connect-src', 'img-src', 'script-src', 'script-src-elem', 'style-src-elem'],
      outside: 'refused',
      link: 'open',
      cookie: '',
      address: `${shell.origin}/`,
    });
  });

  it('gives a foreign page in the same browser nothing: no answer, no socket, no frame', async () => {
    const page = await signedIn();
    await page.goto(`http://127.0.0.1:${String((foreign.address() as AddressInfo).port)}/`);

    const got: unknown = await page.evaluate(foreignScript(shell.origin));

    expect(got).toEqual({ read: 'refused', link: 'refused' });
    expect(
      page
        .frames()
        .map((frame) => frame.url())
        .at(1),
    ).toBe('chrome-error://chromewebdata/');
  });
});

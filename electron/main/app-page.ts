import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CustomScheme } from 'electron';
import { APP_HOST, APP_SCHEME } from '#contracts/rpc.ts';
import {
  contentSecurityPolicy,
  contentTypeOf,
  htmlWithNonce,
  NONCE_BYTES,
  resolveAssetPath,
  SECURITY_HEADERS,
} from '#core/base/index.ts';

/** The page's scheme behaves like https: an origin of its own, no privileges of file:. Registered before the application is ready. */
export const APP_SCHEMES: CustomScheme[] = [
  { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
];

/** The address of the page. */
export const APP_PAGE_URL = `${APP_SCHEME}://${APP_HOST}/`;

/** Answers requests of the application's own scheme from the built page, and nothing else. */
export function createAppPage(dist: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    if (request.method !== 'GET' || url.host !== APP_HOST) return refusal(403);
    const path = resolveAssetPath(url.pathname);
    if (path === null) return refusal(400);
    const bytes = await readPageFile(join(dist, path));
    if (bytes === null) return refusal(404);
    return path === 'index.html'
      ? pageAnswer(bytes)
      : new Response(bytes, { headers: { ...SECURITY_HEADERS, 'content-type': contentTypeOf(path) } });
  };
}

function pageAnswer(bytes: Uint8Array<ArrayBuffer>): Response {
  const nonce = randomBytes(NONCE_BYTES).toString('base64url');
  const headers = {
    ...SECURITY_HEADERS,
    'content-type': contentTypeOf('index.html'),
    'content-security-policy': contentSecurityPolicy(nonce),
    'cache-control': 'no-store',
  };
  return new Response(htmlWithNonce(new TextDecoder().decode(bytes), nonce), { headers });
}

async function readPageFile(file: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return new Uint8Array(await readFile(file));
  } catch {
    // Absent, a folder, unreadable: for the page there is no such file in all three.
    return null;
  }
}

function refusal(status: number): Response {
  return new Response(null, { status, headers: SECURITY_HEADERS });
}

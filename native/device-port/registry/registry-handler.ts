import type { IncomingMessage, ServerResponse } from 'node:http';
import { MEDIA_TYPES, type Descriptor } from '#contracts/bundle.ts';
import { assertNever, type Digest } from '#core/base/index.ts';
import { accepts, decideRange, pageOf, readPageSize, readPullPath, type PullRequest } from '#core/mirror/index.ts';
import type { ManifestEntry, MirrorCatalogue } from '#core/mirror/ports.ts';
import type { BlobStore } from '#core/storage/ports.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { manifestCache } from './manifest-cache.ts';
import { sendBytes, sendJson, sendRegistryError } from './send.ts';
import { streamFile } from './stream-file.ts';

export interface RegistrySources {
  readonly catalogue: MirrorCatalogue;
  readonly blobs: Pick<BlobStore, 'read' | 'pathOf'>;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
}

/** Answers everything below `/v2/`: the pull side of the OCI distribution specification 1.1, and no write of any kind. */
export function registryHandler({
  catalogue,
  blobs,
}: RegistrySources): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const readManifest = manifestCache(blobs);
  return async (request, response) => {
    const [path = '', search = ''] = (request.url ?? '').split('?', 2);
    const exchange = { request, response, query: new URLSearchParams(search) };
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      sendRegistryError(request, response, {
        status: 405,
        code: 'UNSUPPORTED',
        message: 'this mirror is read-only',
        headers: { Allow: 'GET, HEAD' },
      });
      return;
    }
    await answer(exchange, readPullPath(path), { catalogue, blobs, readManifest });
  };
}

type Sources = RegistrySources & { readonly readManifest: (digest: Digest) => Promise<Uint8Array> };

async function answer(exchange: Exchange, pull: PullRequest, sources: Sources): Promise<void> {
  const { request, response } = exchange;
  switch (pull.kind) {
    case 'version':
      sendJson(request, response, { status: 200, json: {} });
      return;
    case 'catalog':
      sendPage(exchange, await sources.catalogue.repositories(), {
        path: '/v2/_catalog',
        body: (repositories) => ({ repositories }),
      });
      return;
    case 'tags':
      await sendTags(exchange, pull.repository, sources);
      return;
    case 'manifest-by-tag':
      await sendManifest(exchange, pull.repository, { tag: pull.tag }, sources);
      return;
    case 'manifest-by-digest':
      await sendManifest(exchange, pull.repository, { digest: pull.digest }, sources);
      return;
    case 'blob':
      await sendBlob(exchange, pull, sources);
      return;
    case 'referrers':
      await sendReferrers(exchange, pull, sources);
      return;
    case 'referrers-tag':
      await sendReferrersTag(exchange, pull, sources);
      return;
    case 'refused':
      sendRegistryError(request, response, {
        status: pull.status,
        code: pull.code,
        message: 'the path does not name a resource of the distribution API',
      });
      return;
    default:
      assertNever(pull, 'pull request');
  }
}

async function sendManifest(
  exchange: Exchange,
  repository: string,
  reference: { tag: string } | { digest: Digest },
  { catalogue, readManifest }: Sources,
): Promise<void> {
  const { request, response } = exchange;
  const entry = await catalogue.resolve(repository, reference);
  if (entry === undefined) {
    await sendUnknown(
      exchange,
      repository,
      { code: 'MANIFEST_UNKNOWN', message: 'no such manifest in this repository' },
      catalogue,
    );
    return;
  }
  if (!accepts(request.headers.accept, entry.mediaType)) {
    sendRegistryError(request, response, {
      status: 404,
      code: 'MANIFEST_UNKNOWN',
      message: `this manifest is ${entry.mediaType}, which the Accept header does not take`,
    });
    return;
  }
  const body = await readManifest(entry.digest);
  sendBytes(request, response, {
    status: 200,
    headers: { ...contentHeaders(entry.digest), 'Content-Type': entry.mediaType, Vary: 'Accept' },
    body,
  });
}

async function sendBlob(
  { request, response }: Exchange,
  { repository, digest }: { repository: string; digest: Digest },
  { catalogue, blobs }: Sources,
): Promise<void> {
  const size = await catalogue.blob(repository, digest);
  if (size === undefined) {
    await sendUnknown(
      { request, response },
      repository,
      { code: 'BLOB_UNKNOWN', message: 'no such blob in this repository' },
      catalogue,
    );
    return;
  }
  const headers = {
    ...contentHeaders(digest),
    'Content-Type': 'application/octet-stream',
    'Accept-Ranges': 'bytes',
    'Docker-Distribution-Api-Version': 'registry/2.0',
  };
  const range = decideRange(isRangeUsable(request, digest) ? request.headers.range : undefined, size);
  if (range.kind === 'unsatisfiable') {
    sendBytes(request, response, {
      status: 416,
      headers: { 'Content-Range': `bytes */${String(size)}`, 'Accept-Ranges': 'bytes' },
      body: new Uint8Array(),
    });
    return;
  }
  const { start, end } = range.kind === 'part' ? range : { start: 0, end: size };
  const contentRange =
    range.kind === 'part' ? { 'Content-Range': `bytes ${String(start)}-${String(end - 1)}/${String(size)}` } : {};
  response.writeHead(range.kind === 'part' ? 206 : 200, {
    ...headers,
    ...contentRange,
    'Content-Length': String(end - start),
  });
  if (request.method === 'HEAD' || start === end) response.end();
  else await streamFile(response, blobs.pathOf(digest), { start, end });
}

/** A range applies to GET only, and with If-Range only while the client's copy is of this content (RFC 9110 section 13.1.5). */
function isRangeUsable(request: IncomingMessage, digest: Digest): boolean {
  const condition = request.headers['if-range'];
  return request.method === 'GET' && (condition === undefined || condition === `"${digest}"`);
}

async function sendTags(exchange: Exchange, repository: string, { catalogue }: Sources): Promise<void> {
  const tags = await catalogue.tags(repository);
  if (tags === undefined) {
    sendRegistryError(exchange.request, exchange.response, {
      status: 404,
      code: 'NAME_UNKNOWN',
      message: 'no such repository',
    });
    return;
  }
  sendPage(exchange, tags, {
    path: `/v2/${repository}/tags/list`,
    body: (items) => ({ name: repository, tags: items }),
  });
}

function sendPage(
  { request, response, query }: Exchange,
  sorted: readonly string[],
  list: { path: string; body: (items: readonly string[]) => unknown },
): void {
  const n = readPageSize(query.get('n'));
  if (n === null) {
    sendRegistryError(request, response, { status: 400, code: 'UNSUPPORTED', message: 'n is not a count' });
    return;
  }
  const page = pageOf(sorted, { n, last: query.get('last') ?? undefined });
  const link =
    page.next === undefined
      ? {}
      : { Link: `<${list.path}?n=${String(n)}&last=${encodeURIComponent(page.next)}>; rel="next"` };
  sendJson(request, response, { status: 200, headers: link, json: list.body(page.items) });
}

async function sendReferrers(
  { request, response, query }: Exchange,
  { repository, digest }: { repository: string; digest: Digest },
  { catalogue }: Sources,
): Promise<void> {
  const referrers = await catalogue.referrers(repository, digest);
  if (referrers === undefined) {
    sendRegistryError(request, response, { status: 404, code: 'NAME_UNKNOWN', message: 'no such repository' });
    return;
  }
  const artifactType = query.get('artifactType');
  const shown = artifactType === null ? referrers : referrers.filter((each) => each.artifactType === artifactType);
  const filters = artifactType === null ? {} : { 'OCI-Filters-Applied': 'artifactType' };
  sendBytes(request, response, {
    status: 200,
    headers: { 'Content-Type': MEDIA_TYPES.ociIndex, ...filters },
    body: referrersIndex(shown),
  });
}

async function sendReferrersTag(
  exchange: Exchange,
  { repository, subject }: { repository: string; subject: Digest },
  { catalogue }: Sources,
): Promise<void> {
  const referrers = await catalogue.referrers(repository, subject);
  if (referrers === undefined || referrers.length === 0) {
    await sendUnknown(
      exchange,
      repository,
      { code: 'MANIFEST_UNKNOWN', message: 'this digest has no referrers here' },
      catalogue,
    );
    return;
  }
  const body = referrersIndex(referrers);
  const digest = nodeHasher.sha256(body);
  sendBytes(exchange.request, exchange.response, {
    status: 200,
    headers: { ...contentHeaders(digest), 'Content-Type': MEDIA_TYPES.ociIndex },
    body,
  });
}

function referrersIndex(manifests: readonly Descriptor[]): Uint8Array {
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests }));
}

async function sendUnknown(
  { request, response }: Pick<Exchange, 'request' | 'response'>,
  repository: string,
  error: { code: 'MANIFEST_UNKNOWN' | 'BLOB_UNKNOWN'; message: string },
  catalogue: MirrorCatalogue,
): Promise<void> {
  const isKnown = (await catalogue.tags(repository)) !== undefined;
  sendRegistryError(
    request,
    response,
    isKnown ? { status: 404, ...error } : { status: 404, code: 'NAME_UNKNOWN', message: 'no such repository' },
  );
}

function contentHeaders(digest: ManifestEntry['digest']): Record<string, string> {
  return { 'Docker-Content-Digest': digest, ETag: `"${digest}"` };
}

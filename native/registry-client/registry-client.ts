import { ImageIndex, MEDIA_TYPES, type Descriptor } from '#contracts/bundle.ts';
import { AppError, MIB, type Digest } from '#core/base/index.ts';
import type { HttpsClient, HttpsResponse } from './https-client.ts';

/** The pull side of the OCI distribution specification, as a client. Content is checked by the store that takes it. */
export interface RegistryClient {
  /** Exact bytes of a manifest; NOT_FOUND when the mirror does not have it. */
  manifest(repository: string, digest: Digest): Promise<Uint8Array>;
  /** Manifests that refer to this one. */
  referrers(repository: string, digest: Digest): Promise<Descriptor[]>;
  /** Bytes from `from` on. A mirror that ignores ranges starts at 0: `start` says where the bytes begin. */
  blob(
    repository: string,
    digest: Digest,
    range: { from: number; signal?: AbortSignal },
  ): Promise<{ start: number; body: AsyncIterable<Uint8Array> }>;
}

/** Manifests are small; a larger one is an attack or a mistake (distribution-spec recommends at least 4 MiB). */
const MANIFEST_LIMIT_BYTES = 4 * MIB;
const ACCEPT = `${MEDIA_TYPES.ociIndex}, ${MEDIA_TYPES.ociManifest}`;

export function createRegistryClient(http: HttpsClient, mirrorUrl: string): RegistryClient {
  const base = mirrorUrl.replace(/\/+$/, '').replace(/\/v2$/, '');
  const get = (path: string, headers: Record<string, string>, signal?: AbortSignal): Promise<HttpsResponse> =>
    http.send({ method: 'GET', url: `${base}/v2/${path}`, headers, ...(signal === undefined ? {} : { signal }) });
  return {
    async manifest(repository, digest) {
      const response = await expectOk(await get(`${repository}/manifests/${digest}`, { Accept: ACCEPT }), digest);
      return response.bytes(MANIFEST_LIMIT_BYTES);
    },
    async referrers(repository, digest) {
      const response = await get(`${repository}/referrers/${digest}`, { Accept: MEDIA_TYPES.ociIndex });
      if (response.status === 404) {
        response.discard();
        return [];
      }
      return parseIndex(await (await expectOk(response, digest)).bytes(MANIFEST_LIMIT_BYTES)).manifests;
    },
    async blob(repository, digest, { from, signal }) {
      const response = await get(
        `${repository}/blobs/${digest}`,
        from === 0 ? {} : { Range: `bytes=${String(from)}-` },
        signal,
      );
      if (response.status === 206) return { start: from, body: response.body };
      return { start: 0, body: (await expectOk(response, digest)).body };
    },
  };
}

async function expectOk(response: HttpsResponse, digest: Digest): Promise<HttpsResponse> {
  if (response.status === 200) return response;
  response.discard();
  if (response.status === 404) throw new AppError('NOT_FOUND', `the mirror does not have ${digest}`, { digest });
  if (response.status === 401 || response.status === 403)
    throw new AppError('DEVICE_CERTIFICATE_REFUSED', `the mirror refused this device (${String(response.status)})`, {
      digest,
    });
  throw new AppError('MIRROR_UNREACHABLE', `the mirror answered ${String(response.status)}`, {
    digest,
    status: response.status,
  });
}

/** Untrusted: an answer of the mirror. */
function parseIndex(bytes: Uint8Array): ImageIndex {
  try {
    return ImageIndex.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch (cause) {
    throw new AppError('INPUT_MALFORMED', 'the list of referrers is not an image index', {}, { cause });
  }
}

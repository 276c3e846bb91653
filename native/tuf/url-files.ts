import { AppError } from '#core/base/index.ts';
import type { RepositoryFiles } from '#core/trust/ports.ts';

/** What a repository answers for a file that it does not have. */
const ABSENT: readonly number[] = [403, 404];

/** A repository behind addresses. Only the client command of the conformance protocol fetches; sites read media. */
export function urlRepositoryFiles(urls: { metadataUrl: string; targetsUrl: string | null }): RepositoryFiles {
  return {
    metadata: (name, limitBytes) => fetchWithin(addressOf(urls.metadataUrl, name), limitBytes),
    target: async (path, limitBytes) =>
      urls.targetsUrl === null ? undefined : fetchWithin(addressOf(urls.targetsUrl, path), limitBytes),
  };
}

function addressOf(base: string, name: string): string {
  return new URL((base.endsWith('/') ? base : `${base}/`) + name.replace(/^\//, '')).href;
}

/** Untrusted: stops reading at the limit, whatever the length header says. */
async function fetchWithin(url: string, limitBytes: number): Promise<Uint8Array | undefined> {
  const response = await fetch(url).catch((cause: unknown) => {
    throw new AppError('TUF_FETCH_FAILED', `${url} cannot be fetched`, { url }, { cause });
  });
  if (ABSENT.includes(response.status)) return undefined;
  if (!response.ok || response.body === null)
    throw new AppError('TUF_FETCH_FAILED', `${url} answered ${String(response.status)}`, {
      url,
      status: response.status,
    });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > limitBytes)
      throw new AppError('INPUT_TOO_LARGE', `${url} is larger than ${String(limitBytes)} bytes`, { url, limitBytes });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

import { stat } from 'node:fs/promises';
import { AppError, isDigest, type Digest } from '#core/base/index.ts';
import { isNotFound } from '#native/fs/index.ts';
import { streamPlainFile } from '#native/oci/index.ts';

/** Content by its path, or by its digest alone. */
export type Artifact = { readonly stream: AsyncIterable<Uint8Array> } | { readonly digest: Digest };

/** `sha256:<64 hex>` is a digest unless a file has exactly that name (the protocol of the Sigstore conformance suite). */
export async function openArtifact(fileOrDigest: string): Promise<Artifact> {
  if (await exists(fileOrDigest)) return { stream: streamPlainFile(fileOrDigest) };
  if (isDigest(fileOrDigest)) return { digest: fileOrDigest };
  throw new AppError('NOT_FOUND', `${fileOrDigest} is neither a file nor sha256:<64 hex>`, { path: fileOrDigest });
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

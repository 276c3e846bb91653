import { constants } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, type Finding } from '#core/base/index.ts';
import type { ByteSource } from '#core/artefacts/index.ts';
import { linkedDataFinding, type ExternalFiles } from '#core/onnx/index.ts';
import { isNotFound, osCode, toDiskError } from '#native/fs/index.ts';

/** An open model file. */
export interface FileSource extends ByteSource {
  close(): Promise<void>;
}

/** Opens a plain file for a scan: never through a link, never a device that could block. NOT_FOUND or BUNDLE_LINK_REFUSED. */
export async function openFileSource(path: string): Promise<FileSource> {
  let file: FileHandle;
  try {
    // Windows has neither flag (undefined counts as 0); there the check behind it stands alone.
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (isNotFound(error)) throw new AppError('NOT_FOUND', `${path} is not there`, { path }, { cause: error });
    if (osCode(error) === 'ELOOP') throw notPlain(path, error);
    throw toDiskError(error, path);
  }
  const found = await file.stat();
  if (!found.isFile()) {
    await file.close();
    throw notPlain(path);
  }
  return {
    sizeBytes: found.size,
    read: async (start, length) => {
      try {
        const buffer = new Uint8Array(length);
        const { bytesRead } = await file.read(buffer, 0, length, start);
        return buffer.subarray(0, bytesRead);
      } catch (error) {
        throw toDiskError(error, path);
      }
    },
    close: () => file.close(),
  };
}

/**
 * Files beside a model that its data may lie in. A file with a second name (hard link) can be changed, or be a secret, under
 * that name: it is a finding and not on the list. Names with folders are not on the list either.
 */
export async function dataFilesBeside(
  modelPath: string,
  names: readonly string[],
): Promise<{ files: ExternalFiles; findings: Finding[] }> {
  const files = new Map<string, number>();
  const findings: Finding[] = [];
  for (const name of names) {
    const path = join(dirname(modelPath), name);
    if (dirname(path) !== dirname(join(modelPath))) {
      findings.push(linkedDataFinding(name, 'It lies in another folder.'));
      continue;
    }
    try {
      const found = await lstat(path);
      if (!found.isFile()) findings.push(linkedDataFinding(name, 'It is a link or no plain file.'));
      else if (found.nlink > 1) findings.push(linkedDataFinding(name, `It has ${String(found.nlink)} names.`));
      else files.set(name, found.size);
    } catch (error) {
      if (!isNotFound(error)) throw toDiskError(error, path);
      throw new AppError('NOT_FOUND', `${path} is not there`, { path }, { cause: error });
    }
  }
  return { files, findings };
}

function notPlain(path: string, cause?: unknown): AppError {
  return new AppError('BUNDLE_LINK_REFUSED', `${path} is a link or special file`, { path }, { cause });
}

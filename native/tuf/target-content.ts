import { Readable } from 'node:stream';
import type { TargetFile } from '@tufjs/models';
import { AppError } from '#core/base/index.ts';
import type { RepositoryFiles } from '#core/trust/ports.ts';
import { missing } from './trusted-set.ts';

/** The file of a target in a repository: with consistent snapshots its hash stands before its last name (5.7.3). */
function fileOfTarget(target: TargetFile, isConsistent: boolean): string {
  const [hash] = Object.values(target.hashes);
  if (!isConsistent || hash === undefined) return target.path;
  const cut = target.path.lastIndexOf('/') + 1;
  return `${target.path.slice(0, cut)}${hash}.${target.path.slice(cut)}`;
}

/** Reads a target whole and checks length and hashes before anyone sees it. TUF_FILE_MISSING, TUF_CONTENT_MISMATCH. */
export async function readTarget(
  files: Pick<RepositoryFiles, 'target'>,
  target: TargetFile,
  { isConsistent, limitBytes }: { isConsistent: boolean; limitBytes: number },
): Promise<Uint8Array> {
  if (target.length > limitBytes)
    throw new AppError(
      'INPUT_TOO_LARGE',
      `${target.path} has ${String(target.length)} bytes, ${String(limitBytes)} are allowed`,
      { path: target.path, limitBytes },
    );
  const name = fileOfTarget(target, isConsistent);
  const bytes = await files.target(name, target.length);
  if (bytes === undefined) throw missing(`the target ${name}`);
  await assertTarget(target, bytes);
  return bytes;
}

/** TUF_CONTENT_MISMATCH unless these are the bytes that the metadata names. */
export async function assertTarget(target: TargetFile, bytes: Uint8Array): Promise<void> {
  try {
    await target.verify(Readable.from([Buffer.from(bytes)]));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : '';
    throw new AppError(
      'TUF_CONTENT_MISMATCH',
      `the target ${target.path} is not what was signed: ${why}`,
      { role: 'targets', path: target.path },
      { cause },
    );
  }
}

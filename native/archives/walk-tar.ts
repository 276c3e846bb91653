import { AppError } from '#core/base/index.ts';
import type { ArchiveBytes } from './archive-bytes.ts';
import { ARCHIVE_LIMITS } from './limits.ts';
import { collisionKey, memberPath, type MemberKind } from './member-names.ts';
import { parsePaxRecords, type PaxChange } from './pax-records.ts';
import { BLOCK_BYTES, isZeroBlock, malformed, parseTarHeader, textOf, type TarHeader } from './tar-header.ts';

/** A regular file or folder of an archive, and where its bytes lie. */
export interface TarMember {
  readonly path: string;
  readonly kind: MemberKind;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Untrusted: every member of a tar archive in its order. Refuses, with a code of its own, whatever is no plain file or folder. */
export async function* walkTar(bytes: ArchiveBytes): AsyncGenerator<TarMember> {
  const seen = new Set<string>();
  let next: PaxChange = {};
  for (let at = 0, entries = 0; ; entries += 1) {
    if (entries >= ARCHIVE_LIMITS.entries)
      throw bomb(`the archive has more than ${String(ARCHIVE_LIMITS.entries)} entries`);
    const block = await blockAt(bytes, at);
    if (isZeroBlock(block)) {
      if (Object.keys(next).length > 0) throw malformed('an extended header is followed by nothing');
      await checkEnd(bytes, at + BLOCK_BYTES);
      return;
    }
    const header = parseTarHeader(block);
    const content = at + BLOCK_BYTES;
    if (isExtension(header)) {
      next = merge(next, await readExtension(bytes, header, content));
      at = content + padded(header.sizeBytes);
      continue;
    }
    const member = memberOf(header, next, content);
    next = {};
    const key = collisionKey(member.path);
    if (seen.has(key))
      throw new AppError(
        'ARCHIVE_DUPLICATE',
        `two members are called ${JSON.stringify(member.path.slice(0, 200))}`,
        {},
      );
    seen.add(key);
    at = content + padded(member.sizeBytes);
    if (at > ARCHIVE_LIMITS.unpackedBytes) throw bomb('the archive states more content than any medium holds');
    yield member;
  }
}

/** Headers that speak about the next member: POSIX `x`, GNU long name `L`; `g` speaks about all. */
function isExtension({ type }: TarHeader): boolean {
  return type === 'x' || type === 'g' || type === 'L';
}

async function readExtension(bytes: ArchiveBytes, header: TarHeader, at: number): Promise<PaxChange> {
  if (header.sizeBytes > ARCHIVE_LIMITS.extensionBytes)
    throw malformed(`an extended header has ${String(header.sizeBytes)} bytes`);
  const content = new Uint8Array(header.sizeBytes);
  if ((await bytes.readAt(at, content)) < content.length) throw cutShort();
  if (header.type === 'L') return { path: textOf(content) };
  const change = parsePaxRecords(content);
  if (header.type === 'g' && Object.keys(change).length > 0)
    throw new AppError('ARCHIVE_FORM_REFUSED', 'one header changes the names or sizes of all members', {});
  return change;
}

/** Two headers that say different things about one member have no single reading. */
function merge(before: PaxChange, added: PaxChange): PaxChange {
  const isTwice = Object.keys(added).some((key) => Object.hasOwn(before, key));
  if (isTwice) throw malformed('two extended headers speak about one member');
  return { ...before, ...added };
}

function memberOf(header: TarHeader, change: PaxChange, offset: number): TarMember {
  const kind = kindOf(header.type);
  const sizeBytes = change.sizeBytes ?? header.sizeBytes;
  if (kind === 'folder' && sizeBytes !== 0) throw malformed('a folder states content');
  return { path: memberPath(change.path ?? header.name, kind), kind, offset, sizeBytes };
}

function kindOf(type: string): MemberKind {
  switch (type) {
    case '0':
    case '\0':
      return 'file';
    case '5':
      return 'folder';
    case '1':
    case '2':
    case '3':
    case '4':
    case '6':
      throw new AppError('BUNDLE_LINK_REFUSED', 'the archive holds a link, device or pipe', { type });
    default:
      throw new AppError('ARCHIVE_FORM_REFUSED', `the archive has a member of the kind ${JSON.stringify(type)}`, {
        type,
      });
  }
}

/** Two zero blocks end an archive; only padding may follow. */
async function checkEnd(bytes: ArchiveBytes, at: number): Promise<void> {
  if (!isZeroBlock(await blockAt(bytes, at))) throw malformed('one empty block stands among the members');
  const block = new Uint8Array(64 * BLOCK_BYTES);
  for (let padding = 0; ;) {
    const length = await bytes.readAt(at + BLOCK_BYTES + padding, block);
    padding += length;
    if (!isZeroBlock(block.subarray(0, length)) || padding > ARCHIVE_LIMITS.paddingBytes)
      throw new AppError('ARCHIVE_TRAILING_DATA', 'there is data behind the end of the archive', {});
    if (length < block.length) return;
  }
}

async function blockAt(bytes: ArchiveBytes, at: number): Promise<Uint8Array> {
  const block = new Uint8Array(BLOCK_BYTES);
  if ((await bytes.readAt(at, block)) < BLOCK_BYTES) throw cutShort();
  return block;
}

function padded(sizeBytes: number): number {
  return Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES;
}

function cutShort(): AppError {
  return malformed('the archive ends in the middle');
}

function bomb(what: string): AppError {
  return new AppError('ARCHIVE_BOMB', what, {});
}

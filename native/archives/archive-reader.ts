import { AppError, MIB } from '#core/base/index.ts';
import type { VolumeFile, VolumeReader } from '#core/media/ports.ts';
import { openArchiveBytes, type ArchiveBytes } from './archive-bytes.ts';
import { ARCHIVE_LIMITS } from './limits.ts';
import { layoutRoot, type MemberKind } from './member-names.ts';
import { walkTar, type TarMember } from './walk-tar.ts';

/** What an archive holds, after one look at all of it. */
export interface ArchiveContents {
  readonly bytes: ArchiveBytes;
  /** Regular files of the layout by their path in it. */
  readonly files: ReadonlyMap<string, TarMember>;
  /** Small members by path: documents, which are read again and again. */
  readonly kept: ReadonlyMap<string, Uint8Array>;
}

/** Untrusted: the first pass over an archive: names, kinds, sizes and places; the documents stay in memory, the rest is passed over. */
export async function readArchive(reader: VolumeReader, path: string): Promise<ArchiveContents> {
  const bytes = await openArchiveBytes(reader, path);
  const members: TarMember[] = [];
  const kept = new Map<string, Uint8Array>();
  let keptBytes = 0;
  for await (const member of walkTar(bytes)) {
    members.push(member);
    const { sizeBytes } = member;
    if (member.kind === 'folder' || sizeBytes > ARCHIVE_LIMITS.keptMemberBytes) continue;
    if (keptBytes + sizeBytes > ARCHIVE_LIMITS.keptBytes) continue;
    const content = new Uint8Array(sizeBytes);
    await fill(bytes, member, 0, content);
    kept.set(member.path, content);
    keptBytes += sizeBytes;
  }
  const root = layoutRoot(new Map<string, MemberKind>(members.map((member) => [member.path, member.kind])));
  const inRoot = <T>(entries: Iterable<readonly [string, T]>): Map<string, T> =>
    new Map([...entries].map(([name, value]) => [name.slice(root.length), value]));
  const files = members.filter((member) => member.kind === 'file').map((member) => [member.path, member] as const);
  return { bytes, files: inRoot(files), kept: inRoot(kept) };
}

/** An archive as a medium: its members are files, nothing is ever unpacked to disk. `open` may be called often. */
export function archiveReader(holder: VolumeReader, path: string, open: () => Promise<ArchiveContents>): VolumeReader {
  const member = async (name: string): Promise<{ contents: ArchiveContents; found: TarMember }> => {
    const contents = await open();
    const found = contents.files.get(name);
    if (found === undefined) throw new AppError('NOT_FOUND', `${path} has no ${name}`, { path: name });
    return { contents, found };
  };
  const readInto = async (name: string, start: number, into: Uint8Array): Promise<void> => {
    const { contents, found } = await member(name);
    const kept = contents.kept.get(name);
    if (kept === undefined) await fill(contents.bytes, found, start, into);
    else into.set(kept.subarray(start, start + into.length));
  };
  return {
    readFile: async (name, limitBytes) => {
      const { found } = await member(name);
      if (found.sizeBytes > limitBytes)
        throw new AppError(
          'INPUT_TOO_LARGE',
          `${name} has ${String(found.sizeBytes)} bytes, the limit is ${String(limitBytes)}`,
          {
            path: name,
            limitBytes,
          },
        );
      const content = new Uint8Array(found.sizeBytes);
      await readInto(name, 0, content);
      return content;
    },
    sizeOf: async (name) => (await open()).files.get(name)?.sizeBytes,
    placeOf: async (name) => (await open()).files.get(name)?.offset ?? 0,
    // The archive file stands for all its members; nobody has to look inside for that.
    stampOf: () => holder.stampOf(path),
    openFile: async (name): Promise<VolumeFile> => {
      await member(name);
      return {
        readInto: async (start, into, signal) => {
          await readInto(name, start, into);
          signal?.throwIfAborted();
        },
        close: () => Promise.resolve(),
      };
    },
    async *stream(name, range, signal) {
      const { found } = await member(name);
      const end = Math.min(range.end, found.sizeBytes);
      for (let at = range.start; at < end; at += MIB) {
        const block = new Uint8Array(Math.min(MIB, end - at));
        await readInto(name, at, block);
        signal?.throwIfAborted();
        yield block;
      }
    },
    list: async (folder) => {
      const prefix = folder === '' ? '' : `${folder}/`;
      const names = [...(await open()).files.keys()].filter((name) => name.startsWith(prefix));
      return [...new Set(names.map((name) => name.slice(prefix.length).split('/')[0] ?? ''))].sort();
    },
  };
}

async function fill(bytes: ArchiveBytes, member: TarMember, start: number, into: Uint8Array): Promise<void> {
  const isInside = start + into.length <= member.sizeBytes;
  const filled = isInside ? await bytes.readAt(member.offset + start, into) : 0;
  if (filled < into.length)
    throw new AppError('MEDIA_PART_DAMAGED', `${member.path} ends before byte ${String(start + into.length)}`, {
      path: member.path,
      fromByte: start + filled,
      toByte: start + into.length,
    });
}

/** A member of a tar archive that is written byte by byte, so that a test can write what no library would. */
export interface RawMember {
  readonly name: string;
  readonly content?: Uint8Array | string;
  readonly type?: string;
  readonly link?: string;
  /** The size field as it stands in the header; the content's own when absent. */
  readonly sizeField?: Uint8Array | string;
  readonly magic?: string;
  readonly prefix?: string;
  readonly wrongChecksum?: true;
}

/** One member: its header and its padded content. */
export function tarMember(member: RawMember): Buffer {
  const content = Buffer.from(member.content ?? '');
  const header = Buffer.alloc(512);
  header.write(member.name, 0, 100, 'utf8');
  header.write('0000644\0', 100, 'latin1');
  header.write('0000000\0', 108, 'latin1');
  header.write('0000000\0', 116, 'latin1');
  const size = member.sizeField ?? `${content.length.toString(8).padStart(11, '0')}\0`;
  Buffer.from(size).copy(header, 124, 0, 12);
  header.write('00000000000\0', 136, 'latin1');
  header.write(member.type ?? '0', 156, 'latin1');
  header.write(member.link ?? '', 157, 100, 'utf8');
  header.write(member.magic ?? 'ustar\u000000', 257, 'latin1');
  header.write(member.prefix ?? '', 345, 155, 'utf8');
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, member.wrongChecksum === true ? 1 : 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** The two empty blocks that end an archive. */
export const TAR_END = Buffer.alloc(1024);

export function tarOf(...members: readonly RawMember[]): Buffer {
  return Buffer.concat([...members.map(tarMember), TAR_END]);
}

/** A POSIX extended header with one record. */
export function paxMember(key: string, value: string, type = 'x'): RawMember {
  const tail = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(tail) + 1;
  while (String(length).length + Buffer.byteLength(tail) !== length) length += 1;
  return { name: 'pax', type, content: `${String(length)}${tail}` };
}

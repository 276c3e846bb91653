import { promisify } from 'node:util';
import { zstdCompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { KIB, MIB } from '#core/base/index.ts';

const compress = promisify(zstdCompress);

/** No request that the station takes is larger. */
export const MAX_RECORD_BYTES = 8 * MIB;

/** Records of one commit that share a frame: what one damaged sector may cost. */
const PACK_BYTES = 256 * KIB;
const PACK_RECORDS = 1_000;

/** A jump to another thread costs some 200 µs; below this size compressing here costs less (test/bench/telemetry-append.bench.ts). */
const COMPRESS_HERE_BYTES = 512 * KIB;

/** Splits the records of a commit into what becomes a frame each. */
export function intoPacks(records: readonly Uint8Array[]): Uint8Array[][] {
  const packs: Uint8Array[][] = [];
  let size = 0;
  for (const record of records) {
    const last = packs.at(-1);
    if (last === undefined || last.length >= PACK_RECORDS || size + record.length > PACK_BYTES) {
      packs.push([record]);
      size = record.length;
    } else {
      last.push(record);
      size += record.length;
    }
  }
  return packs;
}

/** `len u32 | bytes` of each record, compressed as one: reports of one fleet repeat the same names. */
export async function packRecords(records: readonly Uint8Array[]): Promise<Uint8Array> {
  const raw = Buffer.allocUnsafe(records.reduce((sum, record) => sum + 4 + record.length, 0));
  let at = 0;
  for (const record of records) {
    raw.writeUInt32LE(record.length, at);
    raw.set(record, at + 4);
    at += 4 + record.length;
  }
  return raw.length <= COMPRESS_HERE_BYTES ? zstdCompressSync(raw) : compress(raw);
}

/** The records of a pack; undefined for one that another release wrote, since the checksum held. */
export function unpackRecords(payload: Uint8Array): Uint8Array[] | undefined {
  const raw = decompressed(payload);
  if (raw === undefined) return undefined;
  const records: Uint8Array[] = [];
  for (let at = 0; at < raw.length;) {
    const end = at + 4 <= raw.length ? at + 4 + raw.readUInt32LE(at) : raw.length + 1;
    if (end > raw.length) return undefined;
    records.push(raw.subarray(at + 4, end));
    at = end;
  }
  return records;
}

function decompressed(payload: Uint8Array): Buffer | undefined {
  try {
    return zstdDecompressSync(payload, { maxOutputLength: PACK_BYTES + 4 * PACK_RECORDS + MAX_RECORD_BYTES });
  } catch {
    // Not zstd, or larger than a pack may be.
    return undefined;
  }
}

import { z } from 'zod';
import { DeviceId, Instant } from '#contracts/primitives.ts';

const Head = z.object({ device: DeviceId, contentType: z.string().max(128), receivedAt: Instant });

/** A raw request with who sent it: one line of JSON, then the bytes as they came. */
export function recordOf(head: z.infer<typeof Head>, body: Uint8Array): Uint8Array {
  const line = new TextEncoder().encode(`${JSON.stringify(head)}\n`);
  const record = new Uint8Array(line.length + body.length);
  record.set(line);
  record.set(body, line.length);
  return record;
}

/** Null for a record that is not of this form; the log's checksums held, so another release wrote it. */
export function readRecord(record: Uint8Array): (z.infer<typeof Head> & { readonly body: Uint8Array }) | null {
  const end = record.indexOf(0x0a);
  if (end < 0) return null;
  try {
    const head = Head.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(record.subarray(0, end))));
    return { ...head, body: record.subarray(end + 1) };
  } catch {
    return null;
  }
}

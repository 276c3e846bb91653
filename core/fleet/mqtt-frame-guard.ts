/** Watches the MQTT frames of one connection; false as soon as a frame announces more than the limit. */
export type FrameGuard = (chunk: Uint8Array) => boolean;

/**
 * The broker's parser collects a frame before anybody may refuse it, and MQTT allows 256 MiB a frame.
 * This reads only the fixed headers (MQTT 3.1.1 section 2.2: one type byte, a remaining length of 1 to 4 bytes) and skips the rest.
 */
export function mqttFrameGuard(limitBytes: number): FrameGuard {
  let skip = 0;
  let header: { length: number; scale: number } | undefined;
  let isTypeRead = false;
  return (chunk) => {
    for (let at = 0; at < chunk.length;) {
      if (skip > 0) {
        const step = Math.min(skip, chunk.length - at);
        skip -= step;
        at += step;
      } else if (!isTypeRead) {
        isTypeRead = true;
        header = { length: 0, scale: 1 };
        at += 1;
      } else {
        const byte = chunk[at] ?? 0;
        const { length, scale }: { length: number; scale: number } = header ?? { length: 0, scale: 1 };
        const total = length + (byte & 0x7f) * scale;
        if (total > limitBytes || (scale === 128 ** 3 && byte > 0x7f)) return false;
        if (byte > 0x7f) {
          header = { length: total, scale: scale * 128 };
        } else {
          skip = total;
          isTypeRead = false;
        }
        at += 1;
      }
    }
    return true;
  };
}

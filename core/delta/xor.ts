/** `target ^= base`, byte by byte; what one of them has beyond the other stays as it is. Its own inverse. */
export function xorInto(target: Uint8Array, base: Uint8Array): void {
  const length = Math.min(target.length, base.length);
  const words = isAligned(target) && isAligned(base) ? length >>> 2 : 0;
  if (words > 0) {
    const to = new Uint32Array(target.buffer, target.byteOffset, words);
    const from = new Uint32Array(base.buffer, base.byteOffset, words);
    for (let at = 0; at < words; at += 1) to[at] = (to[at] ?? 0) ^ (from[at] ?? 0);
  }
  for (let at = words * 4; at < length; at += 1) target[at] = (target[at] ?? 0) ^ (base[at] ?? 0);
}

function isAligned(bytes: Uint8Array): boolean {
  return bytes.byteOffset % 4 === 0;
}

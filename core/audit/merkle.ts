import { digestHex, type Digest } from '#core/base/index.ts';
import type { Hasher } from '#core/storage/ports.ts';

const LEAF = 0;
const NODE = 1;

/** Merkle tree hash of RFC 6962 section 2.1 over record hashes, in order. The empty tree is SHA-256 of nothing. */
export function merkleRoot(leaves: readonly Digest[], hasher: Hasher): Uint8Array {
  if (leaves.length === 0) return fromHex(digestHex(hasher.sha256(new Uint8Array())));
  let level = leaves.map((leaf) => hashWith(LEAF, [fromHex(digestHex(leaf))], hasher));
  while (level.length > 1) level = parents(level, hasher);
  return level[0] ?? new Uint8Array();
}

/** Pairs up a level; an odd last node rises unchanged, which equals the split rule of RFC 6962. */
function parents(level: readonly Uint8Array[], hasher: Hasher): Uint8Array[] {
  const next: Uint8Array[] = [];
  for (let at = 0; at < level.length; at += 2) {
    const left = level[at];
    const right = level[at + 1];
    if (left === undefined) break;
    next.push(right === undefined ? left : hashWith(NODE, [left, right], hasher));
  }
  return next;
}

function hashWith(prefix: number, parts: readonly Uint8Array[], hasher: Hasher): Uint8Array {
  const bytes = new Uint8Array(1 + parts.reduce((sum, part) => sum + part.length, 0));
  bytes[0] = prefix;
  let at = 1;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return fromHex(digestHex(hasher.sha256(bytes)));
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

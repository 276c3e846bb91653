/** Packs and unpacks the blocks of a patch. Neither holds up the caller's thread. */
export interface DeltaCodec {
  /** A block of a XOR patch. */
  pack(block: Uint8Array): Promise<Uint8Array>;
  /** Whole content against a base that lies in memory. */
  packAgainst(content: Uint8Array, base: Uint8Array): Promise<Uint8Array>;
  /** Untrusted: exactly `sizeBytes`, or PATCH_INVALID; never allocates more than that. */
  unpack(packed: Uint8Array, sizeBytes: number, base?: Uint8Array): Promise<Uint8Array>;
}

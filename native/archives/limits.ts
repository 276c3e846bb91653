import { GIB, KIB, MIB } from '#core/base/index.ts';

/** Every limit on a foreign archive. Chosen well above what a bundle needs; hostile archives pass each by far. */
export const ARCHIVE_LIMITS = {
  /** A layout with the largest index that a media set can carry has 10,000 blobs. */
  entries: 20_000,
  /** More than any medium that is carried by hand. */
  unpackedBytes: 4096 * GIB,
  /** Weights pack at most a few times; a bomb packs a thousand times. */
  ratio: 200,
  /** Below this much content no ratio is judged: a small file of zeros is no attack. */
  ratioFromBytes: 64 * MIB,
  /** Names of a layout have 77 characters, with the folder that holds it at most a few hundred. */
  extensionBytes: 16 * KIB,
  /** Zero blocks behind the end: tar pads to its record size, at most 1 MiB in practice. */
  paddingBytes: MIB,
  /** Documents are kept in memory, so that reading them does not unpack everything again. */
  keptMemberBytes: 4 * MIB,
  keptBytes: 16 * MIB,
  /** Archives that are looked for on one medium. */
  perMedium: 8,
  /** Folders of one medium that are looked into. */
  folders: 32,
  namesPerFolder: 4096,
} as const;

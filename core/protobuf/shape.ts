import type { VarintValue } from './wire.ts';

/** How one field of a message is read. Whatever a shape does not name is skipped by length. */
export type FieldRule =
  | { readonly read: 'message'; readonly of: () => MessageShape }
  /** UTF-8 text; the first `keep` bytes are kept. */
  | { readonly read: 'text'; readonly keep: number }
  /** Raw bytes; the first `keep` are kept, so weights pass without being held. */
  | { readonly read: 'bytes'; readonly keep: number }
  /** One varint, or many, packed or not; the first `keep` are kept and all are counted. */
  | { readonly read: 'varints'; readonly keep: number }
  /** 4- or 8-byte numbers, packed or not; counted only. */
  | { readonly read: 'fixed'; readonly width: 4 | 8 };

/** The fields of a message type that a reader cares for, by number. */
export interface MessageShape {
  readonly name: string;
  readonly fields: Readonly<Record<number, FieldRule>>;
}

/** One field as it was read. */
export type FieldValue =
  | { readonly kind: 'text'; readonly text: string; readonly length: number }
  | { readonly kind: 'bytes'; readonly head: Uint8Array; readonly length: number }
  | { readonly kind: 'varints'; readonly values: readonly VarintValue[]; readonly count: number }
  | { readonly kind: 'fixed'; readonly count: number };

/** Told about every field in file order. `open` and `close` frame a nested message. */
export interface ProtoVisitor {
  open(shape: MessageShape, field: number): void;
  value(field: number, value: FieldValue): void;
  close(): void;
}

/** Stops a hostile file before it costs time or memory. */
export interface ProtoLimits {
  /** Messages inside each other; the C++ library stops at 100. */
  readonly depth: number;
  /** Fields in the whole file. */
  readonly fields: number;
  /** Bytes of text and data heads that are held at once. */
  readonly keptBytes: number;
}

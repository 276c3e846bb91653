import { AppError } from '#core/base/index.ts';
import {
  toInt64,
  type FieldValue,
  type MessageShape,
  type ProtoVisitor,
  type VarintValue,
} from '#core/protobuf/index.ts';
import { ONNX_LIMITS } from './limits.ts';
import { SINGLE_FIELDS } from './shapes.ts';

/**
 * A message as it was read: its fields in file order, without the bulk data. Two plain lists, because a hostile file has half a
 * million of these and memory is the limit.
 */
export interface Message {
  readonly name: string;
  readonly fields: readonly number[];
  readonly items: readonly (FieldValue | Message)[];
}

interface GrowingMessage extends Message {
  readonly fields: number[];
  readonly items: (FieldValue | Message)[];
  /** Bit n: single field n was seen. Field numbers of onnx.proto stay below 31. */
  seen: number;
}

/** Builds the tree of a streamed model and notes what an honest writer never writes. */
export class TreeBuilder implements ProtoVisitor {
  readonly root: Message;
  /** `Message.field` of each single field that came twice, and of each name that is too long. */
  readonly repeated = new Set<string>();
  readonly tooLong = new Set<string>();
  private readonly path: GrowingMessage[];

  constructor(rootName: string) {
    const root = newMessage(rootName);
    this.root = root;
    this.path = [root];
  }

  open(shape: MessageShape, field: number): void {
    const child = newMessage(shape.name);
    this.add(field, child);
    this.path.push(child);
  }

  value(field: number, value: FieldValue): void {
    const message = this.add(field, value);
    if (value.kind === 'text' && value.length > ONNX_LIMITS.nameBytes)
      this.tooLong.add(`${message.name}.${String(field)}`);
  }

  close(): void {
    this.path.pop();
  }

  private add(field: number, item: FieldValue | Message): GrowingMessage {
    const message = this.path.at(-1);
    if (message === undefined) throw new AppError('INTERNAL', 'the model tree is not balanced');
    if (SINGLE_FIELDS[message.name]?.includes(field) === true) {
      const bit = 1 << field;
      if ((message.seen & bit) !== 0) this.repeated.add(`${message.name}.${String(field)}`);
      message.seen |= bit;
    }
    message.fields.push(field);
    message.items.push(item);
    return message;
  }
}

function newMessage(name: string): GrowingMessage {
  return { name, fields: [], items: [], seen: 0 };
}

function isMessage(item: FieldValue | Message): item is Message {
  return 'items' in item;
}

function* itemsOf(message: Message, field: number): Generator<FieldValue | Message> {
  for (const [at, found] of message.fields.entries()) {
    const item = message.items[at];
    if (found === field && item !== undefined) yield item;
  }
}

function* valuesOf(message: Message, field: number): Generator<FieldValue> {
  for (const item of itemsOf(message, field)) if (!isMessage(item)) yield item;
}

/** Nested messages of a field; none when absent. */
export function childrenOf(message: Message | undefined, field: number): Message[] {
  return message === undefined ? [] : [...itemsOf(message, field)].filter(isMessage);
}

/** Texts of a field, in order. */
export function textsOf(message: Message, field: number): string[] {
  return [...valuesOf(message, field)].flatMap((value) => (value.kind === 'text' ? [value.text] : []));
}

/** The last text of a field, as protobuf reads a single one; empty when absent. */
export function textOf(message: Message, field: number): string {
  return textsOf(message, field).at(-1) ?? '';
}

/** Signed integers of a field, packed or not; only the kept ones. */
export function integersOf(message: Message, field: number): VarintValue[] {
  return [...valuesOf(message, field)].flatMap((value) => (value.kind === 'varints' ? value.values.map(toInt64) : []));
}

/** How many numbers a field has, kept or not. */
export function countOf(message: Message, field: number): number {
  let sum = 0;
  for (const value of valuesOf(message, field))
    sum += value.kind === 'varints' || value.kind === 'fixed' ? value.count : 1;
  return sum;
}

/** The last bytes of a field: what was kept, and the full length. */
export function bytesOf(message: Message, field: number): { head: Uint8Array; length: number } | undefined {
  const value = [...valuesOf(message, field)].at(-1);
  return value?.kind === 'bytes' ? value : undefined;
}

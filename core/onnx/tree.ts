import { AppError } from '#core/base/index.ts';
import { toInt64, type FieldValue, type MessageShape, type ProtoVisitor, type VarintValue } from '#core/protobuf/index.ts';
import { ONNX_LIMITS } from './limits.ts';
import { SINGLE_FIELDS } from './shapes.ts';

/** A message as it was read: the values of each field in file order, without the bulk data. */
export interface Message {
  readonly name: string;
  readonly values: Map<number, FieldValue[]>;
  readonly children: Map<number, Message[]>;
}

/** Builds the tree of a streamed model and notes what an honest writer never writes. */
export class TreeBuilder implements ProtoVisitor {
  readonly root: Message;
  /** `Message.field` of each single field that came twice, and of each name that is too long. */
  readonly repeated = new Set<string>();
  readonly tooLong = new Set<string>();
  private readonly path: Message[];

  constructor(rootName: string) {
    this.root = newMessage(rootName);
    this.path = [this.root];
  }

  open(shape: MessageShape, field: number): void {
    const parent = this.current();
    const child = newMessage(shape.name);
    const siblings = parent.children.get(field) ?? [];
    if (siblings.length > 0) this.noteRepeated(parent, field);
    siblings.push(child);
    parent.children.set(field, siblings);
    this.path.push(child);
  }

  value(field: number, value: FieldValue): void {
    const message = this.current();
    const known = message.values.get(field) ?? [];
    if (known.length > 0) this.noteRepeated(message, field);
    if (value.kind === 'text' && value.length > ONNX_LIMITS.nameBytes) this.tooLong.add(`${message.name}.${String(field)}`);
    known.push(value);
    message.values.set(field, known);
  }

  close(): void {
    this.path.pop();
  }

  private current(): Message {
    const message = this.path.at(-1);
    if (message === undefined) throw new AppError('INTERNAL', 'the model tree is not balanced');
    return message;
  }

  private noteRepeated(message: Message, field: number): void {
    if (SINGLE_FIELDS[message.name]?.includes(field) === true) this.repeated.add(`${message.name}.${String(field)}`);
  }
}

function newMessage(name: string): Message {
  return { name, values: new Map(), children: new Map() };
}

/** Nested messages of a field; none when absent. */
export function childrenOf(message: Message | undefined, field: number): readonly Message[] {
  return message?.children.get(field) ?? [];
}

/** Texts of a field, in order. */
export function textsOf(message: Message, field: number): string[] {
  return (message.values.get(field) ?? []).flatMap((value) => (value.kind === 'text' ? [value.text] : []));
}

/** The last text of a field, as protobuf reads a single one; empty when absent. */
export function textOf(message: Message, field: number): string {
  return textsOf(message, field).at(-1) ?? '';
}

/** Signed integers of a field, packed or not; only the kept ones. */
export function integersOf(message: Message, field: number): VarintValue[] {
  return (message.values.get(field) ?? []).flatMap((value) => (value.kind === 'varints' ? value.values.map(toInt64) : []));
}

/** How many numbers a field has, kept or not. */
export function countOf(message: Message, field: number): number {
  return (message.values.get(field) ?? []).reduce((sum, value) => {
    switch (value.kind) {
      case 'varints':
      case 'fixed':
        return sum + value.count;
      case 'bytes':
      case 'text':
        return sum + 1;
    }
  }, 0);
}

/** The last bytes of a field: what was kept, and the full length. */
export function bytesOf(message: Message, field: number): { head: Uint8Array; length: number } | undefined {
  const value = message.values.get(field)?.at(-1);
  return value?.kind === 'bytes' ? value : undefined;
}

import { AppError } from '#core/base/index.ts';
import type { FieldRule, MessageShape, ProtoLimits, ProtoVisitor } from './shape.ts';
import { countVarints, VarintReader, WIRE, type VarintValue } from './wire.ts';

export type ProtoFault = 'malformed' | 'too-deep' | 'too-large';

interface Frame {
  readonly shape: MessageShape;
  /** Offset of the first byte behind the message. */
  readonly end: number;
}

type State =
  | { readonly at: 'tag' }
  | { readonly at: 'varint'; readonly field: number }
  | { readonly at: 'length'; readonly field: number }
  | { readonly at: 'skip'; readonly until: number }
  | {
      readonly at: 'collect';
      readonly field: number;
      readonly text: boolean;
      readonly head: Uint8Array;
      readonly start: number;
      readonly until: number;
    }
  | {
      readonly at: 'packed';
      readonly field: number;
      readonly keep: number;
      readonly values: VarintValue[];
      count: number;
      readonly until: number;
    };

type PackedState = Extract<State, { at: 'packed' }>;

const TAG: State = { at: 'tag' };

/**
 * Untrusted: reads protobuf as it streams past, in memory that does not grow with the file. Nesting is kept on a list, not on
 * the call stack. Throws INPUT_MALFORMED with `details.fault`.
 */
export class ProtoStreamReader {
  private readonly frames: Frame[];
  private readonly visitor: ProtoVisitor;
  private readonly limits: ProtoLimits;
  private readonly varint = new VarintReader();
  private state: State = TAG;
  private position = 0;
  private fieldCount = 0;
  private keptBytes = 0;

  constructor(root: MessageShape, visitor: ProtoVisitor, limits: ProtoLimits) {
    this.frames = [{ shape: root, end: Number.POSITIVE_INFINITY }];
    this.visitor = visitor;
    this.limits = limits;
  }

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      const used = this.step(chunk, at);
      at += used;
    }
  }

  /** Bytes from here on that nobody keeps: a caller that can jump need not read them. */
  get skippable(): number {
    const { state } = this;
    if (state.at === 'skip') return state.until - this.position;
    const isFull = state.at === 'collect' && this.position - state.start >= state.head.length;
    return isFull ? state.until - this.position : 0;
  }

  /** Passes over bytes unread. Precondition: `count` ≤ `skippable`. */
  skip(count: number): void {
    const { state } = this;
    if (count > this.skippable || (state.at !== 'skip' && state.at !== 'collect'))
      throw new AppError('INTERNAL', 'bytes were skipped that the reader needs');
    this.pass(state, count);
  }

  /** The file ended; a field or message cut short is malformed. */
  end(): void {
    if (this.state.at !== 'tag' || !this.varint.isEmpty || this.frames.length > 1)
      throw this.fault('malformed', 'the file ends inside a field');
  }

  private step(chunk: Uint8Array, at: number): number {
    const { state } = this;
    switch (state.at) {
      case 'tag':
        return this.withVarint(chunk, at, (value) => {
          this.startField(value);
        });
      case 'varint':
        return this.withVarint(chunk, at, (value) => {
          this.emitVarint(state.field, value);
        });
      case 'length':
        return this.withVarint(chunk, at, (value) => {
          this.startBytes(state.field, value);
        });
      case 'packed':
        return this.readPacked(state, chunk, at);
      case 'skip':
      case 'collect':
        return this.takeBytes(state, chunk, at);
    }
  }

  private withVarint(chunk: Uint8Array, from: number, use: (value: VarintValue) => void): number {
    let at = from;
    while (at < chunk.length) {
      const value = this.varint.push(chunk[at] ?? 0);
      at += 1;
      if (value === null) continue;
      this.position += at - from;
      if (value === 'overlong') throw this.fault('malformed', 'a varint is longer than 64 bits');
      if (this.position > this.top().end) throw this.fault('malformed', 'a field crosses the end of its message');
      use(value);
      return at - from;
    }
    this.position += at - from;
    return at - from;
  }

  private startField(tag: VarintValue): void {
    this.fieldCount += 1;
    if (this.fieldCount > this.limits.fields)
      throw this.fault('too-large', `more than ${String(this.limits.fields)} fields`);
    if (typeof tag !== 'number' || tag > 0xffff_ffff || tag < 8)
      throw this.fault('malformed', 'a field has no valid number');
    const field = Math.floor(tag / 8);
    switch (tag % 8) {
      case WIRE.varint:
        this.state = { at: 'varint', field };
        return;
      case WIRE.bytes:
        this.state = { at: 'length', field };
        return;
      case WIRE.fixed32:
        this.startFixed(field, 4);
        return;
      case WIRE.fixed64:
        this.startFixed(field, 8);
        return;
      default:
        throw this.fault('malformed', `wire type ${String(tag % 8)} is not used by any writer`);
    }
  }

  private emitVarint(field: number, value: VarintValue): void {
    const rule = this.ruleOf(field);
    if (rule !== undefined && rule.read !== 'varints')
      throw this.fault('malformed', `field ${String(field)} of ${this.top().shape.name} has the wrong type`);
    if (rule !== undefined)
      this.visitor.value(field, { kind: 'varints', values: rule.keep > 0 ? [value] : [], count: 1 });
    this.settle();
  }

  private startFixed(field: number, width: 4 | 8): void {
    const rule = this.ruleOf(field);
    if (rule !== undefined && (rule.read !== 'fixed' || rule.width !== width))
      throw this.fault('malformed', `field ${String(field)} of ${this.top().shape.name} has the wrong type`);
    const until = this.endOf(width);
    if (rule !== undefined) this.visitor.value(field, { kind: 'fixed', count: 1 });
    this.state = { at: 'skip', until };
  }

  private startBytes(field: number, length: VarintValue): void {
    if (typeof length !== 'number') throw this.fault('malformed', 'a length is out of range');
    const until = this.endOf(length);
    const rule = this.ruleOf(field);
    switch (rule?.read) {
      case undefined:
        this.state = { at: 'skip', until };
        break;
      case 'message':
        this.openMessage(rule.of(), field, until);
        break;
      case 'text':
      case 'bytes':
        this.state = {
          at: 'collect',
          field,
          text: rule.read === 'text',
          head: this.holdBytes(Math.min(length, rule.keep)),
          start: this.position,
          until,
        };
        break;
      case 'varints':
        this.state = { at: 'packed', field, keep: rule.keep, values: [], count: 0, until };
        break;
      case 'fixed':
        if (length % rule.width !== 0)
          throw this.fault('malformed', `field ${String(field)} of ${this.top().shape.name} is cut short`);
        this.visitor.value(field, { kind: 'fixed', count: length / rule.width });
        this.state = { at: 'skip', until };
        break;
    }
    if (length === 0) this.finishEmpty();
  }

  private holdBytes(length: number): Uint8Array {
    this.keptBytes += length;
    if (this.keptBytes > this.limits.keptBytes)
      throw this.fault('too-large', `more than ${String(this.limits.keptBytes)} bytes of names`);
    return new Uint8Array(length);
  }

  private finishEmpty(): void {
    const { state } = this;
    if (state.at === 'collect') this.emitCollected(state);
    else if (state.at === 'packed') this.visitor.value(state.field, { kind: 'varints', values: [], count: 0 });
    this.settle();
  }

  private openMessage(shape: MessageShape, field: number, end: number): void {
    if (this.frames.length >= this.limits.depth)
      throw this.fault('too-deep', `more than ${String(this.limits.depth)} messages inside each other`);
    this.frames.push({ shape, end });
    this.visitor.open(shape, field);
    this.state = TAG;
  }

  private readPacked(state: PackedState, chunk: Uint8Array, at: number): number {
    if (state.values.length >= state.keep && this.varint.isEmpty) {
      const skipped = countVarints(chunk.subarray(at, at + Math.min(chunk.length - at, state.until - this.position)));
      if (skipped === 'overlong') throw this.fault('malformed', 'a varint is longer than 64 bits');
      if (skipped.bytes > 0) {
        this.position += skipped.bytes;
        state.count += skipped.count;
        this.endPacked(state);
        return skipped.bytes;
      }
    }
    return this.withVarint(chunk, at, (value) => {
      this.takePacked(state, value);
    });
  }

  private takePacked(state: PackedState, value: VarintValue): void {
    if (this.position > state.until) throw this.fault('malformed', 'a packed field ends inside a number');
    state.count += 1;
    if (state.values.length < state.keep) state.values.push(value);
    this.endPacked(state);
  }

  private endPacked(state: PackedState): void {
    if (this.position < state.until) return;
    this.visitor.value(state.field, { kind: 'varints', values: state.values, count: state.count });
    this.settle();
  }

  private takeBytes(state: Extract<State, { at: 'skip' | 'collect' }>, chunk: Uint8Array, at: number): number {
    const take = Math.min(chunk.length - at, state.until - this.position);
    if (state.at === 'collect') {
      const filled = this.position - state.start;
      if (filled < state.head.length)
        state.head.set(chunk.subarray(at, at + Math.min(take, state.head.length - filled)), filled);
    }
    this.pass(state, take);
    return take;
  }

  private pass(state: Extract<State, { at: 'skip' | 'collect' }>, count: number): void {
    this.position += count;
    if (this.position !== state.until) return;
    if (state.at === 'collect') this.emitCollected(state);
    this.settle();
  }

  private emitCollected(state: Extract<State, { at: 'collect' }>): void {
    const length = state.until - state.start;
    this.visitor.value(
      state.field,
      state.text
        ? { kind: 'text', text: new TextDecoder().decode(state.head), length }
        : { kind: 'bytes', head: state.head, length },
    );
  }

  /** A field is complete: closes every message that ends here. */
  private settle(): void {
    this.state = TAG;
    while (this.frames.length > 1 && this.position === this.top().end) {
      this.frames.pop();
      this.visitor.close();
    }
  }

  private endOf(length: number): number {
    const until = this.position + length;
    if (until > this.top().end) throw this.fault('malformed', 'a field is longer than its message');
    return until;
  }

  private ruleOf(field: number): FieldRule | undefined {
    const { fields } = this.top().shape;
    return Object.hasOwn(fields, field) ? fields[field] : undefined;
  }

  private top(): Frame {
    const frame = this.frames.at(-1);
    if (frame === undefined) throw this.fault('malformed', 'no message is open');
    return frame;
  }

  private fault(fault: ProtoFault, sentence: string): AppError {
    return new AppError('INPUT_MALFORMED', `${sentence} (byte ${String(this.position)})`, {
      fault,
      offset: this.position,
    });
  }
}

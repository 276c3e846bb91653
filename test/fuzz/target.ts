import { isAppError } from '#core/base/index.ts';

/** What became of one input. `wrong`: something was accepted that must not be. */
export type Outcome = 'accepted' | 'refused' | { readonly wrong: string };

/** A target once its seeds are made. */
export interface Prepared {
  readonly seeds: readonly Uint8Array[];
  /** A typed error is a refusal; anything else that is thrown is a crash. */
  run(input: Uint8Array): Outcome | Promise<Outcome>;
}

/** One parser, or one door that untrusted bytes come through. */
export interface Target {
  readonly name: string;
  /** Its share of the inputs. Doors that cost milliseconds get fewer. */
  readonly weight: number;
  prepare(): Prepared | Promise<Prepared>;
}

export interface Judged {
  readonly outcome: 'accepted' | 'refused' | 'crashed' | 'wrong';
  readonly detail: string;
}

/** Runs one input and judges it. */
export async function judge(prepared: Prepared, input: Uint8Array): Promise<Judged> {
  try {
    const outcome = await prepared.run(input);
    return typeof outcome === 'string' ? { outcome, detail: '' } : { outcome: 'wrong', detail: outcome.wrong };
  } catch (error) {
    if (isAppError(error) && error.code !== 'INTERNAL') return { outcome: 'refused', detail: error.code };
    return { outcome: 'crashed', detail: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
export const jsonBytes = (value: unknown): Uint8Array => utf8(JSON.stringify(value));
export const isSame = (left: Uint8Array, right: Uint8Array): boolean => Buffer.compare(left, right) === 0;

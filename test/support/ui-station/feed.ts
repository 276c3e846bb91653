/** A live list of values with a rising sequence; readers resume after the last one they saw. */
export class Feed<T> {
  readonly #values: { sequence: number; value: T }[] = [];
  readonly #waiting = new Set<() => void>();

  push(value: T): void {
    this.#values.push({ sequence: this.#values.length + 1, value });
    for (const wake of this.#waiting) wake();
  }

  async *after(sequence: number, signal: AbortSignal): AsyncGenerator<{ sequence: number; value: T }> {
    let next = sequence;
    while (!signal.aborted) {
      const value = this.#values[next];
      if (value === undefined) await this.#news(signal);
      else {
        next += 1;
        yield value;
      }
    }
  }

  #news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}

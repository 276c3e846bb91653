/**
 * How many events of one subscription may still be sent before the page has to acknowledge.
 * INVARIANTS: at most one waiter; acknowledgements only grow and never pass what was sent.
 */
export class EventCredit {
  readonly #window: number;
  #sent = 0;
  #acknowledged = 0;
  #wake: (() => void) | null = null;

  constructor(window: number) {
    this.#window = window;
  }

  spend(): void {
    this.#sent += 1;
  }

  /** False when the page claims more than was sent. */
  acknowledge(received: number): boolean {
    if (received > this.#sent) return false;
    this.#acknowledged = Math.max(this.#acknowledged, received);
    if (this.#isOpen()) this.#wake?.();
    return true;
  }

  /** Resolves once an event may be sent, or when `signal` aborts. */
  async available(signal: AbortSignal): Promise<void> {
    if (this.#isOpen() || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const proceed = () => {
        signal.removeEventListener('abort', proceed);
        this.#wake = null;
        resolve();
      };
      this.#wake = proceed;
      signal.addEventListener('abort', proceed, { once: true });
    });
  }

  #isOpen(): boolean {
    return this.#sent - this.#acknowledged < this.#window;
  }
}

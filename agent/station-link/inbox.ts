type Leaf = 'desired' | 'request';

/** Documents of the station, taken one after another: two of them must not race for the state. */
export interface Inbox {
  put(leaf: Leaf, document: unknown): void;
  /** When everything that was put is taken. */
  empty(): Promise<void>;
}

export function createInbox(
  log: (message: string) => void,
  take: (leaf: Leaf, document: unknown) => Promise<void>,
): Inbox {
  let queue: Promise<void> = Promise.resolve();
  return {
    put(leaf, document) {
      queue = queue
        .then(() => take(leaf, document))
        .catch((error: unknown) => {
          log(`document not taken: ${error instanceof Error ? error.message : String(error)}`);
        });
    },
    empty: () => queue,
  };
}

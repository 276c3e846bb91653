/**
 *  connecting → open → lost → open …
 *  `lost` goes on by itself: the client keeps connecting; screens show it, they need not act.
 */
export type ConnectionState = 'connecting' | 'open' | 'lost' | 'closed';

/** The state of the connection, in the shape that `useSyncExternalStore` takes. */
export interface ConnectionMonitor {
  get(): ConnectionState;
  subscribe(listener: () => void): () => void;
}

/** A monitor and the one function that moves it. */
export function connectionMonitor(): { monitor: ConnectionMonitor; set: (state: ConnectionState) => void } {
  let current: ConnectionState = 'connecting';
  const listeners = new Set<() => void>();
  return {
    monitor: {
      get: () => current,
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    set(state) {
      if (state === current) return;
      current = state;
      for (const listener of [...listeners]) listener();
    },
  };
}

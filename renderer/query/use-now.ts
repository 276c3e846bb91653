import { useSyncExternalStore } from 'react';

// One ticker for every age and countdown on screen, so that they move together and a page of 5,000 rows has one timer.
let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const one of listeners) one();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** This machine's wall clock, once a second. */
export function useLocalNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

import { useSyncExternalStore } from 'react';
import type { BaseLocationHook, BaseSearchHook } from 'wouter';

// wouter's own hash hook keeps the query before the `#`, where it would stick to every later route.
// Here path and query both live behind the `#`: one link carries a screen with its filters.

function subscribe(changed: () => void): () => void {
  addEventListener('hashchange', changed);
  addEventListener('popstate', changed);
  return () => {
    removeEventListener('hashchange', changed);
    removeEventListener('popstate', changed);
  };
}

const current = (): string => location.hash.replace(/^#?\/?/, '/');

/** Splits `/audit?subject=x` into its path and query. */
export function splitHash(hash: string): { path: string; search: string } {
  const [path = '/', ...search] = hash.split('?');
  return { path, search: search.join('?') };
}

function navigate(to: string, options?: { replace?: boolean }): void {
  const url = `#${to.startsWith('/') ? to : `/${to}`}`;
  if (options?.replace === true) history.replaceState(null, '', url);
  else history.pushState(null, '', url);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

const useHashPath: BaseLocationHook = () => [
  useSyncExternalStore(subscribe, () => splitHash(current()).path),
  navigate,
];

/** The location hook for `<Router hook>`. */
export const hashLocation = Object.assign(useHashPath, { hrefs: (href: string) => `#${href}` });

/** The search hook for `<Router searchHook>`. */
export const hashSearch: BaseSearchHook = () => useSyncExternalStore(subscribe, () => splitHash(current()).search);

import type { HelpPageId } from './help-pages.ts';

/** Which page explains which screen. A segment with a colon stands for any; the first match counts. */
const ROUTE_PAGES: readonly (readonly [route: string, page: HelpPageId])[] = [
  ['/', 'site'],
  ['/fleet', 'fleet'],
  ['/fleet/:deviceId', 'device'],
  ['/import', 'import'],
  ['/import/:importId', 'import'],
  ['/bundles', 'bundles'],
  ['/bundles/:digest', 'bundle'],
  ['/benchmark', 'benchmark'],
  ['/rollout', 'rollout'],
  ['/rollout/new', 'rollout-plan'],
  ['/rollout/:rolloutId', 'rollout-board'],
  ['/review', 'review'],
  ['/telemetry', 'telemetry'],
  ['/audit', 'audit'],
  ['/trust', 'trust'],
  ['/keys', 'keys'],
];

/** The page for an address; where no screen is, the one to begin with. */
export function helpPageOf(path: string): HelpPageId {
  return ROUTE_PAGES.find(([route]) => matches(route, path))?.[1] ?? 'getting-started';
}

/** The screen that a page explains, if it has one address of its own. */
export function screenOfPage(page: HelpPageId): string | undefined {
  return ROUTE_PAGES.find(([route, candidate]) => candidate === page && !route.includes(':'))?.[0];
}

function matches(route: string, path: string): boolean {
  const wanted = route.split('/');
  const found = path.split('/');
  return wanted.length === found.length && wanted.every((part, at) => part.startsWith(':') || part === found[at]);
}

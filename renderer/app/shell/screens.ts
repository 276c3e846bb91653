import type { IconName } from '#renderer/ui/icons.ts';

/** The screens of the rail, in the order of the work. */
export const SCREENS = [
  { id: 'site', path: '/', icon: 'site' },
  { id: 'fleet', path: '/fleet', icon: 'fleet' },
  { id: 'import', path: '/import', icon: 'import' },
  { id: 'bundles', path: '/bundles', icon: 'bundle' },
  { id: 'benchmark', path: '/benchmark', icon: 'benchmark' },
  { id: 'rollout', path: '/rollout', icon: 'rollout' },
  { id: 'review', path: '/review', icon: 'review' },
  { id: 'telemetry', path: '/telemetry', icon: 'telemetry' },
  { id: 'audit', path: '/audit', icon: 'audit' },
  { id: 'trust', path: '/trust', icon: 'key' },
  { id: 'keys', path: '/keys', icon: 'certificate' },
  { id: 'help', path: '/help', icon: 'question' },
] as const satisfies readonly { id: string; path: string; icon: IconName }[];

export type ScreenId = (typeof SCREENS)[number]['id'];

/** Which screen a location belongs to; a detail page belongs to its list. */
export function screenOf(path: string): ScreenId | undefined {
  return SCREENS.find((screen) =>
    screen.path === '/' ? path === '/' : path === screen.path || path.startsWith(`${screen.path}/`),
  )?.id;
}

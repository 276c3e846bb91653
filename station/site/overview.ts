import type { SiteOverview } from '#contracts/site.ts';
import { lineTiles } from '#core/fleet/index.ts';
import { openAlarms } from './alarms.ts';
import type { SiteDeps } from './site-deps.ts';

const OPEN_IMPORTS = ['planned', 'copying', 'waiting-for-media', 'verifying', 'awaiting-decision'];
const OPEN_ROLLOUTS = ['running', 'paused', 'held'];

/** Nothing was enrolled, stored or begun here yet. */
export function isEmptySite(deps: SiteDeps): boolean {
  const { fleet, bundles, imports } = deps.services();
  return fleet.list().length === 0 && bundles.list().length === 0 && imports.list().length === 0;
}

/** The first screen: lines with their worst state, counts, and what is abnormal now. */
export function siteOverview(deps: SiteDeps, demo: SiteOverview['demo']): SiteOverview {
  const { fleet, bundles, imports, rollouts, review } = deps.services();
  const devices = fleet.list();
  const allRollouts = rollouts.list();
  const openImports = imports.list().filter((entry) => OPEN_IMPORTS.includes(entry.state));
  const now = deps.clock.now();
  return {
    site: deps.config,
    mode: 'offline',
    now,
    lines: lineTiles(devices),
    counts: {
      devices: devices.length,
      online: devices.filter((device) => device.online).length,
      bundles: bundles.list().length,
      openImports: openImports.length,
      openRollouts: allRollouts.filter((entry) => OPEN_ROLLOUTS.includes(entry.state)).length,
      waitingSamples: review.queue({ limit: 1 }).counts.waiting,
    },
    alarms: openAlarms({ devices, rollouts: allRollouts, imports: openImports, trust: deps.trustAlarms(), now }),
    isEmpty: isEmptySite(deps),
    demo,
  };
}

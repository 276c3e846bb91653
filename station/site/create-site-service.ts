import { followChanges } from './changes.ts';
import { createDemo } from './create-demo.ts';
import type { SiteDeps } from './site-deps.ts';
import { siteOverview } from './overview.ts';
import type { SiteService } from './service.ts';

/** Site-wide facts: overview, changes, demonstration. */
export function createSiteService(deps: SiteDeps): SiteService {
  const demo = createDemo(deps);

  return {
    name: () => deps.config.name,
    startDemo: (person) => demo.start(person),
    changes: (afterSeq, signal) => followChanges(deps.store.events, afterSeq, signal),
    overview: () => Promise.resolve(siteOverview(deps, demo.state())),
  };
}

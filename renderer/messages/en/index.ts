import audit from './audit.json' with { type: 'json' };
import benchmark from './benchmark.json' with { type: 'json' };
import bundles from './bundles.json' with { type: 'json' };
import common from './common.json' with { type: 'json' };
import fleet from './fleet.json' with { type: 'json' };
import help from './help.json' with { type: 'json' };
import imports from './imports.json' with { type: 'json' };
import keys from './keys.json' with { type: 'json' };
import review from './review.json' with { type: 'json' };
import rollout from './rollout.json' with { type: 'json' };
import shell from './shell.json' with { type: 'json' };
import site from './site.json' with { type: 'json' };
import status from './status.json' with { type: 'json' };
import telemetry from './telemetry.json' with { type: 'json' };
import trust from './trust.json' with { type: 'json' };

/** English, the language that is always complete. One file a feature; keys never repeat across files. */
export const en = {
  ...common,
  ...status,
  ...shell,
  ...site,
  ...imports,
  ...bundles,
  ...fleet,
  ...benchmark,
  ...rollout,
  ...review,
  ...telemetry,
  ...audit,
  ...trust,
  ...keys,
  ...help,
};

import { describe, expect, it } from 'vitest';
import { checkImportRules } from '#scripts/import-rules/check-import-rules.ts';
import type { Breach } from '#scripts/import-rules/breach.ts';
import { buildSourceGraph } from '#scripts/source-graph/source-graph.ts';

const DEPENDENCIES = ['zod', 'fastify', 'better-sqlite3', '@trpc/server'];

/** A small house in which every import is allowed; a test plants one violation in it. */
const SOUND_HOUSE: Record<string, string> = {
  'contracts/primitives.ts': `import { z } from 'zod'; export const Digest = z.string();`,
  'core/base/index.ts': `import type { Digest } from '#contracts/primitives.ts'; export type D = Digest;`,
  'core/storage/ports.ts': `import type { D } from '#core/base/index.ts'; export interface BlobStore { read(d: D): void }`,
  'core/rollout/index.ts': `export { plan } from './plan.ts';`,
  'core/rollout/plan.ts': `import type { BlobStore } from '#core/storage/ports.ts'; export const plan = (s: BlobStore) => s;`,
  'native/fs/index.ts': `import { open } from 'node:fs/promises'; export const fs = open;`,
  'native/sqlite/index.ts': `import Database from 'better-sqlite3'; import { fs } from '#native/fs/index.ts'; export const db = [Database, fs];`,
  'station/rollouts/service.ts': `import { plan } from '#core/rollout/index.ts'; export interface S { p: typeof plan }`,
  'station/media/service.ts': `import type { S } from '#station/rollouts/service.ts'; export interface M { s: S }`,
  'station/app-router.ts': `import type { S } from '#station/rollouts/service.ts'; export type AppRouter = S;`,
  'agent/main.ts': `import { fs } from '#native/fs/index.ts'; fs();`,
  'renderer/rpc/client.ts': `import type { AppRouter } from '#station/app-router.ts'; export type C = AppRouter;`,
  'renderer/ui/Grid.tsx': `import { AgGridReact } from 'ag-grid-react'; export const Grid = AgGridReact;`,
  'renderer/features/fleet/FleetScreen.tsx': `import { Grid } from '#renderer/ui/Grid.tsx'; export const F = Grid;`,
  'electron/station-host/compose.ts': `import { db } from '#native/sqlite/index.ts'; export const c = db;`,
};

function breachesOf(planted: Record<string, string>): Breach[] {
  const house = { ...SOUND_HOUSE, ...planted };
  const sources = Object.entries(house).map(([path, text]) => ({ path, text }));
  return checkImportRules(buildSourceGraph(sources), DEPENDENCIES);
}

describe('checkImportRules', () => {
  describe('when every import is allowed', () => {
    it('finds nothing', () => {
      expect(breachesOf({})).toEqual([]);
    });
  });

  describe('when one violation is planted', () => {
    const PLANTED: [string, Breach['rule'], string, string][] = [
      ['core uses Node', 'node', 'core/rollout/extra.ts', `import { readFile } from 'node:fs/promises'; readFile;`],
      ['core uses an npm package', 'npm', 'core/rollout/extra.ts', `import 'fastify';`],
      ['core imports native', 'zone', 'core/rollout/extra.ts', `import { fs } from '#native/fs/index.ts'; fs;`],
      [
        'core imports behind a public face',
        'face',
        'core/fleet/index.ts',
        `export { plan } from '#core/rollout/plan.ts';`,
      ],
      [
        'core imports against its order',
        'order',
        'core/storage/extra.ts',
        `export { plan } from '#core/rollout/index.ts';`,
      ],
      [
        'a core feature has no place in the order',
        'order',
        'core/surprise/index.ts',
        `export const x = 1; import type { D } from '#core/base/index.ts'; export type E = D;`,
      ],
      [
        'contracts import core',
        'zone',
        'contracts/extra.ts',
        `import type { D } from '#core/base/index.ts'; export type E = D;`,
      ],
      ['contracts use Node', 'node', 'contracts/extra.ts', `import 'node:crypto';`],
      ['contracts use a package that is not zod', 'npm', 'contracts/extra.ts', `import '@trpc/server';`],
      ['station imports native', 'zone', 'station/media/extra.ts', `import { fs } from '#native/fs/index.ts'; fs;`],
      [
        'station imports native through a dynamic import',
        'zone',
        'station/media/extra.ts',
        `export const f = () => import('#native/fs/index.ts');`,
      ],
      [
        'station names a native file in a string',
        'zone',
        'station/media/extra.ts',
        `export const w = '../../native/fs/index.ts';`,
      ],
      ['station uses Node', 'node', 'station/media/extra.ts', `import 'node:fs';`],
      [
        'a station feature imports the values of another',
        'type-only',
        'station/media/extra.ts',
        `import { plan } from '#station/rollouts/service.ts'; plan;`,
      ],
      [
        'a native folder imports another',
        'zone',
        'native/pki/index.ts',
        `import { db } from '#native/sqlite/index.ts'; db;`,
      ],
      ['a native folder uses the package of another', 'npm', 'native/pki/index.ts', `import 'better-sqlite3';`],
      [
        'the page imports the station as a value',
        'type-only',
        'renderer/rpc/extra.ts',
        `import { AppRouter } from '#station/app-router.ts'; AppRouter;`,
      ],
      [
        'the page imports more of the station than its router',
        'zone',
        'renderer/rpc/extra.ts',
        `import type { S } from '#station/rollouts/service.ts'; export type T = S;`,
      ],
      ['the page uses Node', 'node', 'renderer/app/extra.ts', `import 'node:path';`],
      [
        'a page feature imports another',
        'zone',
        'renderer/features/audit/A.tsx',
        `import { F } from '#renderer/features/fleet/FleetScreen.tsx'; F;`,
      ],
      [
        'a page feature imports the component library',
        'npm',
        'renderer/features/audit/A.tsx',
        `import { IxButton } from '@siemens/ix-react'; IxButton;`,
      ],
      [
        'a page feature imports the charts',
        'npm',
        'renderer/features/audit/A.tsx',
        `import uPlot from 'uplot'; uPlot;`,
      ],
      ['the agent imports the database', 'zone', 'agent/extra.ts', `import { db } from '#native/sqlite/index.ts'; db;`],
      [
        'the agent imports the station',
        'zone',
        'agent/extra.ts',
        `import type { AppRouter } from '#station/app-router.ts'; export type A = AppRouter;`,
      ],
      [
        'the window process imports native',
        'zone',
        'electron/main/extra.ts',
        `import { fs } from '#native/fs/index.ts'; fs;`,
      ],
      ['the preload uses Node', 'node', 'electron/preload/preload.ts', `import 'node:fs';`],
      ['an import leads nowhere', 'missing', 'core/rollout/extra.ts', `import { x } from './gone.ts'; x;`],
      ['a file lies in no zone', 'no-zone', 'core/loose.ts', `import { z } from 'zod'; z;`],
      ['shipped code loads a development tool', 'dev-package', 'cli/extra.ts', `import 'commander';`],
    ];

    it.each(PLANTED)('reports it: %s', (_what, rule, path, text) => {
      const breaches = breachesOf({ [path]: text });

      expect(breaches.map((breach) => breach.rule)).toContain(rule);
      expect(breaches.filter((breach) => breach.rule === rule).map(({ at }) => at.split(':')[0])).toEqual([path]);
    });
  });

  describe('when modules import one another', () => {
    it('names the circle, also when only types go round', () => {
      const breaches = breachesOf({
        'station/media/a.ts': `import type { B } from './b.ts'; export type A = B;`,
        'station/media/b.ts': `import type { A } from './a.ts'; export type B = A;`,
      });

      expect(breaches).toEqual([
        {
          rule: 'cycle',
          at: 'station/media/a.ts',
          message: 'import one another in a circle: station/media/a.ts, station/media/b.ts',
        },
      ]);
    });
  });

  describe('when an allowed folder brings in what the program must never load', () => {
    it('shows the chain', () => {
      const breaches = breachesOf({
        'native/fs/index.ts': `import 'better-sqlite3'; export const fs = () => 1;`,
      });

      expect(breaches.filter(({ rule }) => rule === 'reach').map(({ message }) => message)).toEqual([
        'brings better-sqlite3 into agent/: agent/main.ts → native/fs/index.ts',
      ]);
    });
  });

  describe('when nothing was read', () => {
    it('is not green', () => {
      expect(checkImportRules(buildSourceGraph([]), DEPENDENCIES).map(({ rule }) => rule)).toEqual(['nothing-read']);
    });
  });
});

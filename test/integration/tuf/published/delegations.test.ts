import { describe, expect, it } from 'vitest';
import { simKey } from '../../../support/tuf-simulator.ts';
import { askedMetadata, freshWorld } from './case-world.ts';

// The cases of test_updater_delegation_graphs, of succinct roles and of test_quoting_issues of the published TUF conformance suite,
// each under its own name, told and written in our words.

const world = freshWorld();

/** `A` delegates to `B`: who, to whom, whether the search ends there, and for which paths. */
type Edge = readonly [from: string, to: string, options?: { ends?: true; paths?: string[] }];

function build(edges: readonly Edge[], targets: Readonly<Record<string, Record<string, string>>> = {}): void {
  for (const [delegator, name, { ends = false, paths = ['*'] } = {}] of edges) {
    const content = {};
    for (const [path, text] of Object.entries(targets[name] ?? {}))
      world.sim.addTarget(path, Buffer.from(text), content);
    world.sim.delegate({ name, delegator, terminating: ends, paths }, content);
  }
  for (const [path, text] of Object.entries(targets['targets'] ?? {})) world.sim.addTarget(path, Buffer.from(text));
  world.sim.publish();
}

/** Roles that were asked for after the four top ones. */
const visited = (): string[] =>
  askedMetadata(world)
    .slice(4)
    .map((name) => name.replace(/^1\.(.*)\.json$/, '$1'));

const PY = { paths: ['*.py'] };
const ENDS = { ends: true } as const;
const GRAPHS: readonly (readonly [string, readonly Edge[], string])[] = [
  ['basic-delegation', [['targets', 'A']], 'A'],
  [
    'single-level-delegations',
    [
      ['targets', 'A'],
      ['targets', 'B'],
    ],
    'AB',
  ],
  [
    'two-level-delegations',
    [
      ['targets', 'A'],
      ['targets', 'B'],
      ['B', 'C'],
    ],
    'ABC',
  ],
  [
    'two-level-test-DFS-order-of-traversal',
    [
      ['targets', 'A'],
      ['targets', 'B'],
      ['A', 'C'],
      ['A', 'D'],
    ],
    'ACDB',
  ],
  [
    'three-level-delegation-test-DFS-order-of-traversal',
    [
      ['targets', 'A'],
      ['targets', 'B'],
      ['A', 'C'],
      ['C', 'D'],
    ],
    'ACDB',
  ],
  [
    'two-level-terminating-ignores-all-but-roles-descendants',
    [
      ['targets', 'A'],
      ['targets', 'B'],
      ['A', 'C', ENDS],
      ['A', 'D'],
    ],
    'AC',
  ],
  [
    'three-level-terminating-ignores-all-but-roles-descendants',
    [
      ['targets', 'A'],
      ['targets', 'B'],
      ['A', 'C', ENDS],
      ['C', 'D'],
    ],
    'ACD',
  ],
  [
    'two-level-ignores-all-branches-not-matching-paths',
    [
      ['targets', 'A', PY],
      ['targets', 'B'],
      ['A', 'C'],
    ],
    'B',
  ],
  [
    'three-level-ignores-all-branches-not-matching-paths',
    [
      ['targets', 'A'],
      ['targets', 'B'],
      ['A', 'C', PY],
      ['C', 'D'],
    ],
    'AB',
  ],
  [
    'cyclic-graph',
    [
      ['targets', 'A'],
      ['targets', 'B'],
      ['B', 'C'],
      ['C', 'D'],
      ['D', 'B'],
    ],
    'ABCD',
  ],
  [
    'two-roles-delegating-to-a-third',
    [
      ['targets', 'A'],
      ['targets', 'B'],
      ['B', 'C'],
      ['A', 'C'],
    ],
    'ACB',
  ],
  [
    'two-roles-delegating-to-a-third-different-paths',
    [
      ['targets', 'A'],
      ['targets', 'B'],
      ['B', 'C'],
      ['A', 'C', PY],
    ],
    'ABC',
  ],
];

describe('test_updater_delegation_graphs', () => {
  it.each(GRAPHS)('test_graph_traversal[%s]: visits each role once, depth first', async (_id, edges, order) => {
    const first = world.sim.rootBytes(1);
    // One role that two delegate to has one key, as one role has one document.
    const keys = new Map<string, ReturnType<typeof simKey>>();
    build(edges);
    for (const one of world.sim.delegations) {
      const key = keys.get(one.name) ?? simKey();
      keys.set(one.name, key);
      one.keys = [key];
    }
    for (const versions of [world.sim.versions]) Object.assign(versions, { targets: 0, snapshot: 0, timestamp: 0 });
    world.sim.publish();
    await world.client.init(first);

    expect(await world.client.download('missingpath')).toBe(1);
    expect(visited().join('')).toBe(order);
  });

  const TREE: readonly Edge[] = [
    ['targets', 'A', { paths: ['*.doc', '*.md'] }],
    ['targets', 'B', { paths: ['releases/*/*'] }],
    ['B', 'C', { paths: ['releases/x/*'] }],
    ['B', 'D', { paths: ['releases/y/*.zip'] }],
  ];
  const FILES = {
    targets: { targetfile: 'targetfile content' },
    A: { 'README.md': 'README by A' },
    C: { 'releases/x/x_v1': 'x release by C' },
    D: { 'releases/y/y_v1.zip': 'y release by D', 'releases/z/z_v1.zip': 'z release by D' },
  };
  it.each([
    ['no delegations', 'targetfile', 'targetfile content', ''],
    ['targetpath matches wildcard', 'README.md', 'README by A', 'A'],
    ['targetpath with separators x', 'releases/x/x_v1', 'x release by C', 'BC'],
    ['targetpath with separators y', 'releases/y/y_v1.zip', 'y release by D', 'BD'],
    ['targetpath is not delegated by all roles in the chain', 'releases/z/z_v1.zip', null, 'B'],
  ])('test_targetfile_search[%s]', async (_id, path, content, order) => {
    build(TREE, FILES);
    await world.client.init(world.sim.rootBytes(1));

    expect(await world.client.download(path)).toBe(content === null ? 1 : 0);
    expect(await world.client.downloads()).toEqual(content === null ? [] : [content]);
    expect(visited().join('')).toBe(order);
  });

  it.each([
    ['bin amount = 2, taget bin index 0', 1, 'boo', 'bin-0'],
    ['bin amount = 2, taget bin index 1', 1, 'too', 'bin-1'],
    ['bin amount = 4, taget bin index 0', 2, 'foo', 'bin-0'],
    ['bin amount = 4, taget bin index 1', 2, 'doo', 'bin-1'],
    ['bin amount = 4, taget bin index 2', 2, 'too', 'bin-2'],
    ['bin amount = 4, taget bin index 3', 2, 'bar', 'bin-3'],
    ['bin amount = 256, taget bin index fc', 8, 'bar', 'bin-fc'],
  ])('test_succinct_roles_graph_traversal[%s]: one bin is asked for', async (_id, bitLength, path, bin) => {
    world.sim.succinct = { bitLength, prefix: 'bin', key: simKey() };
    world.sim.publish();
    await world.client.init(world.sim.rootBytes(1));

    expect(await world.client.download(path)).toBe(1);
    expect(visited()).toEqual([bin]);
    expect(await world.client.files()).toContain(`${bin}.json`);
  });
});

describe('test_quoting_issues', () => {
  it.each(['?', '#', '/delegatedrole', '../delegatedrole'])(
    'test_unusual_role_name[%s]: asks for the quoted name, and writes one file more in its own folder',
    async (name) => {
      build([['targets', name]]);
      await world.client.init(world.sim.rootBytes(1));

      expect(await world.client.download('nonexistent target')).toBe(1);
      expect(visited()).toEqual([encodeURIComponent(name)]);
      expect(await world.client.files()).toHaveLength(5);
      expect(await world.client.strays()).toEqual([]);
    },
  );
});

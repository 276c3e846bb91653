/**
 * Who may import whom. The one table: docs/adr/0002-import-rules-from-one-table.md says why, `npm run check:imports` enforces it.
 * What is not granted here is refused. A zone is the longest folder that matches a module's path;
 * `native/*` stands for each folder of native, and such a folder may always import itself.
 */
export interface Zone {
  readonly folder: string;
  /** Zones and files whose values may be imported. `core/*` means the public face of any core feature. */
  readonly imports: readonly string[];
  /** Zones and files that may be named with `import type` only. */
  readonly types?: readonly string[];
  /** npm packages; `*` for programs that never ship. */
  readonly npm?: readonly string[];
  /** Whether Node's built-in modules may be imported. */
  readonly node?: true;
}

const PURE = ['contracts', 'core/base', 'core/*'];
const TOOLS = { npm: ['*'], node: true } as const;
const ADAPTER = { imports: [...PURE, 'native/fs', 'native/clock', 'native/hash'], node: true } as const;
const PAGE = [
  'contracts',
  'core/base',
  'core/*',
  'renderer/rpc',
  'renderer/query',
  'renderer/format',
  'renderer/preferences',
  'renderer/shortcuts',
  'renderer/messages',
  'renderer/ui',
  'renderer/display',
];
const PAGE_NPM = ['react', 'react-dom', 'react-i18next', 'i18next', 'wouter', 'zustand', '@tanstack/react-query'];

/** The whole house, zone by zone. */
export const ZONES: readonly Zone[] = [
  { folder: 'contracts', imports: [], npm: ['zod'] },

  // Decisions. zod is a pure library: features parse their own stored records with it.
  { folder: 'core/base', imports: ['contracts'] },
  { folder: 'core/*', imports: PURE, npm: ['zod'] },

  // Adapters: one technology, one folder, and only its own packages.
  { folder: 'native/*', ...ADAPTER, npm: ['zod'] },
  { folder: 'native/fs', imports: PURE, node: true, npm: ['zod'] },
  { folder: 'native/clock', imports: PURE, node: true },
  { folder: 'native/hash', imports: PURE, node: true },
  { folder: 'native/age', ...ADAPTER, npm: ['age-encryption', 'zod'] },
  { folder: 'native/archives', ...ADAPTER, npm: ['zod'] },
  { folder: 'native/http-shell', ...ADAPTER, npm: ['fastify', 'zod'] },
  { folder: 'native/log', ...ADAPTER, npm: ['pino', 'zod'] },
  { folder: 'native/mqtt-broker', ...ADAPTER, npm: ['aedes', 'zod'] },
  { folder: 'native/mqtt-client', ...ADAPTER, npm: ['mqtt', 'zod'] },
  { folder: 'native/onnx', ...ADAPTER, npm: ['onnxruntime-node', 'zod'] },
  {
    folder: 'native/otlp',
    ...ADAPTER,
    npm: [
      '@opentelemetry/api',
      '@opentelemetry/exporter-metrics-otlp-proto',
      '@opentelemetry/resources',
      '@opentelemetry/sdk-metrics',
      'protobufjs',
      'zod',
    ],
  },
  {
    folder: 'native/otlp-client',
    ...ADAPTER,
    npm: [
      '@opentelemetry/api',
      '@opentelemetry/exporter-metrics-otlp-proto',
      '@opentelemetry/resources',
      '@opentelemetry/sdk-metrics',
    ],
  },
  { folder: 'native/model-scan', imports: [...ADAPTER.imports, 'native/machine'], node: true },
  { folder: 'native/pdf', ...ADAPTER, npm: ['pdfkit', 'zod'] },
  { folder: 'native/pkcs11', ...ADAPTER, npm: ['graphene-pk11', 'zod'] },
  { folder: 'native/pki', ...ADAPTER, npm: ['@peculiar/x509', 'reflect-metadata', 'zod'] },
  { folder: 'native/rpc', ...ADAPTER, npm: ['@trpc/server', 'ws', 'zod'] },
  {
    folder: 'native/sigstore',
    ...ADAPTER,
    npm: ['@sigstore/bundle', '@sigstore/core', '@sigstore/protobuf-specs', '@sigstore/verify', 'zod'],
  },
  { folder: 'native/sqlite', ...ADAPTER, npm: ['better-sqlite3', 'zod'] },
  {
    folder: 'native/sbom',
    ...ADAPTER,
    npm: ['@cyclonedx/cyclonedx-library', 'ajv', 'ajv-formats', 'ajv-formats-draft2019', 'zod'],
  },
  { folder: 'native/tuf', ...ADAPTER, npm: ['@tufjs/models', 'zod'] },
  { folder: 'native/workers', ...ADAPTER, npm: ['zod'] },
  { folder: 'native/yaml', ...ADAPTER, npm: ['yaml', 'zod'] },

  // The site's use cases: ports only, never an adapter. A feature knows another by its service interface.
  {
    folder: 'station/*',
    imports: [...PURE, 'station/rpc'],
    types: ['station/*/service.ts'],
    npm: ['zod', '@trpc/server'],
  },
  { folder: 'station/rpc', imports: PURE, types: ['station/*/service.ts'], npm: ['zod', '@trpc/server'] },
  { folder: 'station', imports: [...PURE, 'station/rpc', 'station/*'], npm: ['zod', '@trpc/server'] },

  // The gateway program: an allow-list, because it must start where Electron, React and SQLite do not resolve.
  {
    folder: 'agent',
    imports: [
      ...PURE,
      ...[
        'age',
        'clock',
        'fs',
        'hash',
        'http-shell',
        'inference',
        'keys',
        'log',
        'machine',
        'model-scan',
        'mqtt-client',
        'oci',
        'onnx',
        'otlp-client',
        'png',
        'quiet-runtime',
        'registry-client',
        'sigstore',
        'workers',
        'yaml',
      ].map((name) => `native/${name}`),
    ],
    npm: ['zod', 'fastify', '@peculiar/x509', 'reflect-metadata'],
    node: true,
  },

  // The desktop shell.
  { folder: 'electron/main', imports: ['contracts', 'core/base'], npm: ['electron', 'zod'], node: true },
  { folder: 'electron/preload', imports: ['contracts/rpc.ts'], npm: ['electron'] },
  { folder: 'electron/packaging', imports: [], npm: ['@electron/fuses'], node: true },
  {
    folder: 'electron/station-host',
    imports: [...PURE, 'native/*', 'station', 'station/*', 'station/rpc'],
    npm: ['@trpc/server', 'zod', 'electron'],
    node: true,
  },

  // The page: no Node; the station is a type; the component library lives in ui; a feature never imports another.
  { folder: 'renderer/app', imports: [...PAGE, 'renderer/features/*'], npm: PAGE_NPM },
  { folder: 'renderer/features/*', imports: PAGE, npm: PAGE_NPM },
  { folder: 'renderer/display', imports: PAGE, npm: PAGE_NPM },
  {
    folder: 'renderer/query',
    imports: ['contracts', 'core/base', 'core/*', 'renderer/rpc'],
    types: ['station/app-router.ts'],
    npm: PAGE_NPM,
  },
  {
    folder: 'renderer/rpc',
    imports: ['contracts', 'core/base'],
    types: ['station/app-router.ts'],
    npm: ['@trpc/client', '@trpc/server', 'zod'],
  },
  { folder: 'renderer/messages', imports: [], npm: PAGE_NPM },
  { folder: 'renderer/preferences', imports: ['contracts'], npm: PAGE_NPM },
  { folder: 'renderer/shortcuts', imports: ['contracts'], npm: PAGE_NPM },
  {
    folder: 'renderer/format',
    imports: ['contracts', 'core/base', 'core/*', 'renderer/preferences', 'renderer/messages'],
    npm: PAGE_NPM,
  },
  {
    folder: 'renderer/ui',
    imports: ['contracts', 'renderer/format', 'renderer/preferences', 'renderer/messages', 'renderer/shortcuts'],
    npm: [
      ...PAGE_NPM,
      '@siemens/ix',
      '@siemens/ix-react',
      '@siemens/ix-icons',
      '@siemens/ix-aggrid',
      'ag-grid-community',
      'ag-grid-react',
      'uplot',
      '@annotorious/react',
      '@annotorious/annotorious',
      '@annotorious/openseadragon',
      'openseadragon',
      '@fontsource/inter',
      '@fontsource/jetbrains-mono',
      'markdown-to-jsx',
      'uqr',
    ],
  },

  // Composition roots and what never ships.
  {
    folder: 'cli',
    imports: [
      ...PURE,
      'native/*',
      'station',
      'station/*',
      'station/rpc',
      'agent',
      'electron/station-host',
      'resources',
    ],
    npm: ['commander', 'yaml', 'zod', 'ws', '@trpc/client', '@trpc/server', 'jpeg-js'],
    node: true,
  },
  { folder: 'resources', imports: [...PURE, 'native/*'], npm: ['zod', 'pngjs', 'jpeg-js'], node: true },
  { folder: 'scripts', imports: [...PURE, 'cli', 'native/*', 'electron/packaging'], ...TOOLS },
  { folder: 'test', imports: ['*'], ...TOOLS },
  // The configuration modules beside package.json.
  { folder: '.', imports: ['electron/packaging', 'scripts', 'test', 'cli'], ...TOOLS },
];

/** The files of a folder that others may import. Folders that are not named here are open. */
export const PUBLIC_FACES: readonly { readonly folder: string; readonly files: readonly string[] }[] = [
  { folder: 'core/*', files: ['index.ts', 'ports.ts'] },
  { folder: 'native/*', files: ['index.ts'] },
];

/** Those who may look behind a public face: tests prove parts that the face does not show. */
export const FACE_EXEMPT: readonly string[] = ['test'];

/** The declared order of core's features: one may import only those in rows above its own. */
export const CORE_ORDER: readonly (readonly string[])[] = [
  ['base'],
  ['delta', 'storage', 'strict-json', 'protobuf', 'tensor', 'keys', 'access', 'doubt', 'trusted-time'],
  ['trust'],
  ['jobs', 'signing', 'device', 'mirror', 'onnx', 'benchmark'],
  ['artefacts', 'audit', 'provenance', 'slots', 'fleet', 'review', 'telemetry'],
  ['bundle'],
  ['adoption', 'model-signing'],
  ['verification', 'media'],
  ['imports', 'rollout'],
];

/** What a program must never reach through any chain of imports, because it does not resolve where the program runs. */
export const UNREACHABLE: readonly { readonly from: string; readonly npm: readonly string[] }[] = [
  { from: 'agent/', npm: ['electron', 'react', 'react-dom', 'better-sqlite3', 'aedes', '@trpc/server'] },
  { from: 'renderer/', npm: ['electron', 'better-sqlite3', 'onnxruntime-node', 'fastify', 'ws'] },
];

/** Folders that run from source with `npm ci --omit=dev`: they may load what stands under `dependencies`, no development tool. */
export const RUNS_FROM_SOURCE: readonly string[] = ['contracts/', 'core/', 'native/', 'station/', 'agent/', 'cli/'];

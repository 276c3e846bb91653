/**
 * Where programs begin. Everything that ships is reached from a `program`; a test, a benchmark or a tool may reach the rest.
 * Workers and child processes need no row: a path in a string counts as an import.
 */
export const PROGRAM_ENTRIES: readonly RegExp[] = [
  /^cli\/(bin\.mjs|main\.ts)$/,
  /^agent\/main\.ts$/,
  /^electron\/main\/main\.ts$/,
  /^electron\/preload\/preload\.ts$/,
  /^electron\/station-host\/main\.ts$/,
  /^renderer\/app\/main\.tsx$/,
  /^renderer\/ambient\.d\.ts$/,
];

/** Where tools and tests begin. */
export const TOOL_ENTRIES: readonly RegExp[] = [
  /^[^/]+\.(ts|mjs|js)$/,
  /^scripts\/[^/]+\.(ts|mjs)$/,
  /^scripts\/[^/]+\/main\.ts$/,
  /^scripts\/testing\/(vitest|playwright)-results-reporter\.ts$/,
  /^electron\/packaging\/make-installers\.ts$/,
  /^test\/.*\.(test|e2e|bench)\.tsx?$/,
  /^test\/support\/ui-station\/main\.ts$/,
  /^test\/support\/pkcs11-child\.ts$/,
  /^test\/(fuzz|usb)\/main\.ts$/,
  /^test\/fuzz\/fuzz-worker\.ts$/,
  /^test\/usb\/list-volumes\.ts$/,
];

/** Folders whose files must be reached from a program, not only from a test. */
export const SHIPPED: RegExp = /^(contracts|core|native|station|agent|electron|renderer|cli)\//;

/** Shipped files that a tool reaches and no program does, with the reason. */
export const NOT_IN_A_PROGRAM: readonly { readonly path: RegExp; readonly why: string }[] = [
  { path: /^electron\/packaging\//, why: 'makes the packages; it is not in them' },
];

import { execFileSync, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const LIBRARIES = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so'];

/** A software token with the native binding built beside the checkout, never inside it: `npm ci` must find what it left. */
export interface SoftToken {
  readonly dir: string;
  readonly modulePath: string;
  readonly label: string;
  readonly pinFile: string;
  /** Runs a program of ours in a process of its own: SoftHSM reads its configuration once, at the start. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): SpawnSyncReturns<string>;
  remove(): void;
}

/** Makes a token, or says why this machine cannot. */
export function makeSoftToken(): SoftToken | string {
  const modulePath = LIBRARIES.find((path) => existsSync(path));
  if (modulePath === undefined) return 'no softhsm2 on this machine';
  const dir = mkdtempSync(join(tmpdir(), 'gantry-softhsm-'));
  const binding = buildBinding(dir);
  if (binding !== null) {
    rmSync(dir, { recursive: true });
    return binding;
  }
  const configuration = join(dir, 'softhsm2.conf');
  mkdirSync(join(dir, 'tokens'));
  writeFileSync(configuration, `directories.tokendir = ${join(dir, 'tokens')}\n`);
  const pinFile = join(dir, 'pin');
  writeFileSync(pinFile, 'canary-pin-4711\n', { mode: 0o600 });
  const env = { ...process.env, SOFTHSM2_CONF: configuration };
  const initialise = [
    '--init-token',
    '--free',
    '--label',
    'plant',
    '--pin',
    'canary-pin-4711',
    '--so-pin',
    'so-pin-0815',
  ];
  execFileSync('softhsm2-util', initialise, { env, stdio: 'ignore' });
  const hooks = join(dir, 'hooks.mjs');
  writeFileSync(hooks, HOOKS(join(dir, 'build', 'node_modules', 'pkcs11js', 'index.js')));
  return {
    dir,
    modulePath,
    label: 'plant',
    pinFile,
    run: (args, more = {}) =>
      spawnSync(process.execPath, ['--import', hooks, ...args], {
        cwd: ROOT,
        env: { ...env, ...more },
        encoding: 'utf8',
        timeout: 60_000,
      }),
    remove: () => {
      rmSync(dir, { recursive: true });
    },
  };
}

/** Null when it was built. */
function buildBinding(dir: string): string | null {
  const source = join(ROOT, 'node_modules', 'pkcs11js');
  if (!existsSync(source)) return 'pkcs11js, an optional package, is not installed';
  const build = join(dir, 'build');
  cpSync(source, join(build, 'node_modules', 'pkcs11js'), { recursive: true });
  writeFileSync(join(build, 'package.json'), '{"name":"binding","version":"1.0.0","private":true}');
  const built = spawnSync('npm', ['rebuild', 'pkcs11js', '--ignore-scripts=false'], {
    cwd: build,
    encoding: 'utf8',
    timeout: 120_000,
  });
  const isThere = existsSync(join(build, 'node_modules', 'pkcs11js', 'build', 'Release', 'pkcs11.node'));
  return isThere ? null : `pkcs11js cannot be built here: ${built.stderr.trim().split('\n').at(-1) ?? ''}`;
}

const HOOKS = (built: string): string => `import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'pkcs11js'
      ? { url: pathToFileURL(${JSON.stringify(built)}).href, format: 'commonjs', shortCircuit: true }
      : next(specifier, context),
});
`;

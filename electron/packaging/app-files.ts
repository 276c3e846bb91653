import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Packages that the bundles in dist/ leave outside, because they load machine code from their own folder.
 * Their further dependencies serve install scripts only and stay out; a test holds them to that.
 */
export const NATIVE_PACKAGES: readonly string[] = ['better-sqlite3', 'onnxruntime-node', 'onnxruntime-common'];

/** Parts of native packages that nothing loads: sources, and what only an install script runs. */
const BUILD_ONLY =
  /^\/node_modules\/better-sqlite3\/(deps|src|binding\.gyp)(\/|$)|^\/node_modules\/onnxruntime-node\/script(\/|$)/;
const WANTED: readonly string[] = ['/package.json', '/dist', ...NATIVE_PACKAGES.map((name) => `/node_modules/${name}`)];

/** The platform names of Node, as packager and builder use them. */
export interface PackageTarget {
  readonly platform: string;
  readonly arch: string;
}

/** Whether a path of the checkout goes into the application: the manifest, the bundles, the native packages. Paths begin with `/`. */
export function isAppFile(path: string): boolean {
  if (BUILD_ONLY.test(path)) return false;
  // A folder on the way to something wanted has to be entered.
  return WANTED.some((entry) => path === entry || path.startsWith(`${entry}/`) || entry.startsWith(`${path}/`));
}

/** Removes the machine code of other platforms from a copied application. */
export async function pruneForeignBinaries(appDir: string, target: PackageTarget): Promise<void> {
  await keepOnly(join(appDir, 'node_modules/better-sqlite3/prebuilds'), `${target.platform}-${target.arch}.node`);
  const onnx = join(appDir, 'node_modules/onnxruntime-node/bin');
  for (const version of await readdir(onnx)) {
    await keepOnly(join(onnx, version), target.platform);
    await keepOnly(join(onnx, version, target.platform), target.arch);
  }
}

/** A target that a package has no binary for stops the build here, not the operator later. */
async function keepOnly(folder: string, wanted: string): Promise<void> {
  const names = await readdir(folder);
  if (!names.includes(wanted)) throw new Error(`${folder} has nothing for this target: ${wanted}`);
  for (const name of names) if (name !== wanted) await rm(join(folder, name), { recursive: true });
}

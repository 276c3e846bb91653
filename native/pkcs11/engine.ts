import { createRequire } from 'node:module';
import type * as Graphene from 'graphene-pk11';
import { AppError } from '#core/base/index.ts';

export type Engine = typeof Graphene;

/** What builds the native half; install scripts are off, so that `npm ci` never runs foreign code by itself. */
export const BUILD_COMMAND = 'npm rebuild pkcs11js --ignore-scripts=false';

/** The PKCS#11 binding, loaded on first use. PKCS11_NOT_INSTALLED, with the command that builds it, where it was not built. */
export function loadEngine(): Engine {
  try {
    return createRequire(import.meta.url)('graphene-pk11') as Engine;
  } catch (cause) {
    throw new AppError(
      'PKCS11_NOT_INSTALLED',
      `the PKCS#11 part is not built; run: ${BUILD_COMMAND}`,
      { command: BUILD_COMMAND },
      { cause },
    );
  }
}

/** PKCS#11 initialises a library once for the whole process (v2.40 section 11.4), so what is loaded is kept here. */
const LOADED = new Map<string, Graphene.Module>();

/** The library of a token maker. PKCS11_MODULE_INVALID when it cannot be loaded or started. */
export function loadModule(path: string): Graphene.Module {
  const standing = LOADED.get(path);
  if (standing !== undefined) return standing;
  const engine = loadEngine();
  try {
    const module = engine.Module.load(path);
    module.initialize();
    LOADED.set(path, module);
    return module;
  } catch (cause) {
    throw new AppError('PKCS11_MODULE_INVALID', `${path} is no PKCS#11 library`, { path }, { cause });
  }
}

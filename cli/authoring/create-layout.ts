import { readdir } from 'node:fs/promises';
import { AppError, type Digest } from '#core/base/index.ts';
import type { BundleSpec } from '#contracts/bundle.ts';
import { isNotFound } from '#native/fs/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { packLayout } from '#native/oci/index.ts';
import { readMlflow } from './from-mlflow.ts';
import { readSpec } from './read-spec.ts';

export interface CreatedLayout {
  readonly dir: string;
  readonly digest: Digest;
  readonly spec: BundleSpec;
}

/** Packs a specification, or an MLflow model folder with one, into a new layout folder. Same specification and files, same digest. */
export async function createLayout(specPath: string, outDir: string, mlflowDir?: string): Promise<CreatedLayout> {
  await refuseFilled(outDir);
  const { spec, dir } = await (mlflowDir === undefined ? readSpec(specPath) : readMlflow(mlflowDir, specPath));
  return { dir: outDir, spec, digest: await packLayout({ spec, specDir: dir, outDir, hasher: nodeHasher }) };
}

/** A layout is written into a new folder only. */
export async function refuseFilled(dir: string): Promise<void> {
  const entries = await readdir(dir).catch((error: unknown) => {
    if (isNotFound(error)) return [];
    throw error;
  });
  if (entries.length > 0)
    throw new AppError('USAGE_INVALID', `${dir} is not empty; a layout is written into a new folder`, { dir });
}

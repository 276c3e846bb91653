import { dirname, resolve } from 'node:path';
import { BundleSpec } from '#contracts/bundle.ts';
import { AppError, isAppError, KIB } from '#core/base/index.ts';
import { readPlainFile } from '#native/oci/index.ts';
import { parseYaml as yamlOf } from '#native/yaml/index.ts';

const SPEC_LIMIT_BYTES = 256 * KIB;

/** A specification with the folder that its paths are relative to. */
export interface SpecOnDisk {
  readonly spec: BundleSpec;
  readonly dir: string;
}

/** Reads a YAML specification. BUNDLE_SPEC_INVALID names every wrong field. */
export async function readSpec(path: string): Promise<SpecOnDisk> {
  const document = parseYaml(await readYamlText(path), path);
  const parsed = BundleSpec.safeParse(document);
  if (parsed.success) return { spec: parsed.data, dir: dirname(resolve(path)) };
  const fields = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'document'}: ${issue.message}`);
  throw new AppError('BUNDLE_SPEC_INVALID', `${path}: ${fields.join('; ')}`, { path, fields }, { cause: parsed.error });
}

/** YAML as plain values; BUNDLE_SPEC_INVALID when it is none. */
export function parseYaml(text: string, path: string): unknown {
  try {
    return yamlOf(text);
  } catch (cause) {
    throw new AppError(
      'BUNDLE_SPEC_INVALID',
      `${path} is not YAML: ${cause instanceof Error ? cause.message : ''}`,
      { path },
      { cause },
    );
  }
}

/** The text of a small YAML file. */
export async function readYamlText(path: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readPlainFile(path, SPEC_LIMIT_BYTES));
  } catch (cause) {
    if (isAppError(cause, 'DISK_FAILED')) throw cause;
    throw new AppError('BUNDLE_SPEC_INVALID', `${path} cannot be read`, { path }, { cause });
  }
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { AppError } from '#core/base/index.ts';
import type { PartsSchema } from '#core/provenance/index.ts';

const require = createRequire(import.meta.url);
/** It ships no types. */
const addDraft2019Formats = require('ajv-formats-draft2019') as (ajv: Ajv) => Ajv;
const FOLDER = join(dirname(require.resolve('@cyclonedx/cyclonedx-library/package.json')), 'res', 'schema');
const SCHEMAS = {
  '1.5': 'bom-1.5.SNAPSHOT.schema.json',
  '1.6': 'bom-1.6.SNAPSHOT.schema.json',
  '1.7': 'bom-1.7.SNAPSHOT.schema.json',
} as const;
/** What the schemas refer to, under the names that they use. */
const REFERRED = [
  'spdx.SNAPSHOT.schema.json',
  'jsf-0.82.SNAPSHOT.schema.json',
  'cryptography-defs.SNAPSHOT.schema.json',
];

type Version = keyof typeof SCHEMAS;

/**
 * The official CycloneDX schemas, as the CycloneDX library ships them. Compiled on first use, each once; nothing is fetched.
 * `uniqueItems` is left out: it compares every pair, so that a list of 20,000 parts would take minutes. Whether references are unique
 * is checked by the reader.
 */
export function cycloneDxSchema(): PartsSchema {
  const compiled = new Map<Version, ValidateFunction>();
  return {
    problemOf(document) {
      const version = versionOf(document);
      if (version === null) return null;
      const validate = compiled.get(version) ?? compile(version);
      compiled.set(version, validate);
      if (validate(document)) return null;
      const [error] = validate.errors ?? [];
      return `CycloneDX ${version} schema: ${error?.instancePath ?? ''} ${error?.message ?? ''}`.slice(0, 300);
    },
  };
}

function versionOf(document: unknown): Version | null {
  const stated =
    typeof document === 'object' && document !== null && 'specVersion' in document ? document.specVersion : '';
  return stated === '1.5' || stated === '1.6' || stated === '1.7' ? stated : null;
}

function compile(version: Version): ValidateFunction {
  const ajv = new Ajv({ strict: false, allErrors: false, validateFormats: true, addUsedSchema: false });
  formats.default(ajv);
  addDraft2019Formats(ajv);
  for (const name of REFERRED) ajv.addSchema(readSchema(name), `http://cyclonedx.org/schema/${name}`);
  return ajv.compile(readSchema(SCHEMAS[version]));
}

function readSchema(name: string): object {
  try {
    return withoutPairs(JSON.parse(readFileSync(join(FOLDER, name), 'utf8'))) as object;
  } catch (cause) {
    throw new AppError('INTERNAL', `the installation lacks the schema ${name}`, { name }, { cause });
  }
}

function withoutPairs(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutPairs);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).flatMap(([name, value]) =>
      name === 'uniqueItems' && value === true ? [] : [[name, withoutPairs(value)]],
    ),
  );
}

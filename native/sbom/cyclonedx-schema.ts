import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import isIdnEmail from 'ajv-formats-draft2019/formats/idn-email.js';
import isIriReference from 'ajv-formats-draft2019/formats/iri-reference.js';
import type { PartsSchema } from '#core/provenance/index.ts';
import type * as schemaFiles from './schema-files.ts';

type SchemaFiles = typeof schemaFiles;
type Version = keyof SchemaFiles['BOM_SCHEMAS'];

let loaded: Promise<PartsSchema> | undefined;

/**
 * The official CycloneDX schemas. Loaded with the first parts list, compiled on first use, each once; nothing is fetched.
 * `uniqueItems` is left out: it compares every pair, so that a list of 20,000 parts would take minutes. Whether references are unique
 * is checked by the reader.
 */
export function cycloneDxSchema(): Promise<PartsSchema> {
  loaded ??= import('./schema-files.ts').then(schemaOf);
  return loaded;
}

function schemaOf(files: SchemaFiles): PartsSchema {
  const compiled = new Map<Version, ValidateFunction>();
  return {
    problemOf(document) {
      const version = versionOf(document);
      if (version === null) return null;
      const validate = compiled.get(version) ?? compile(version, files);
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

function compile(version: Version, { BOM_SCHEMAS, REFERRED_SCHEMAS }: SchemaFiles): ValidateFunction {
  const ajv = new Ajv({ strict: false, allErrors: false, validateFormats: true, addUsedSchema: false });
  formats.default(ajv);
  ajv.addFormat('idn-email', isIdnEmail);
  ajv.addFormat('iri-reference', isIriReference);
  for (const [name, schema] of Object.entries(REFERRED_SCHEMAS))
    ajv.addSchema(withoutPairs(schema) as object, `http://cyclonedx.org/schema/${name}`);
  return ajv.compile(withoutPairs(BOM_SCHEMAS[version]) as object);
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

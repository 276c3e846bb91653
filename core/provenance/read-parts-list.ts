import { notAList, type PartsRead, type PartsSchema } from './parts-list.ts';
import { readCycloneDx } from './read-cyclonedx.ts';
import { readSpdx2 } from './read-spdx-2.ts';
import { readSpdx3 } from './read-spdx-3.ts';

/** Predicate types under which parts lists are attested (in-toto, cosign, SPDX). */
export function isPartsPredicate(predicateType: string): boolean {
  return /^https:\/\/(cyclonedx\.org\/bom|spdx\.dev\/Document)(\/v?\d+(\.\d+){0,2})?$/.test(predicateType);
}

/** Untrusted: a parts list in any format that is read here. The document itself says which; the predicate type does not decide. */
export function readPartsList(document: unknown, schema?: PartsSchema): PartsRead {
  if (typeof document !== 'object' || document === null) return notAList('It is not an object.');
  if ('bomFormat' in document) {
    const read = readCycloneDx(document);
    // The quick reader goes first: it keeps the schema from work on what is far too large.
    const problem = read.ok ? (schema?.problemOf(document) ?? null) : null;
    return problem === null ? read : notAList(problem);
  }
  if ('spdxVersion' in document) return readSpdx2(document);
  if ('@graph' in document) return readSpdx3(document);
  return notAList('It is neither CycloneDX nor SPDX.');
}

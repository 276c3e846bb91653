import { z } from 'zod';
import { firstDuplicate, hashesOf, MOST_PARTS, notAList, partOf, type Part, type PartsRead } from './parts-list.ts';

const Text = z.string().max(4096);
const Element = z.looseObject({ type: Text, spdxId: Text.optional(), name: Text.optional() });
type Element = z.infer<typeof Element>;

/** Elements of the graph: parts, licences and relationships between them. */
const MOST_ELEMENTS = MOST_PARTS * 5;
const Graph = z.object({
  '@context': z.string().regex(/^https:\/\/spdx\.org\/rdf\/3\.0\.\d+\/spdx-context\.jsonld$/),
  '@graph': z.array(Element).min(1).max(MOST_ELEMENTS),
});

const Software = z.object({
  name: Text.min(1),
  software_packageVersion: Text.optional(),
  software_packageUrl: Text.optional(),
  software_primaryPurpose: Text.optional(),
  suppliedBy: Text.optional(),
  verifiedUsing: z
    .array(z.looseObject({ type: Text, algorithm: Text.optional(), hashValue: Text.optional() }))
    .max(64)
    .default([]),
});

const Relationship = z.object({
  from: Text,
  to: z.array(Text).min(1).max(MOST_PARTS),
  relationshipType: Text,
});

const PART_TYPES: Readonly<Record<string, string>> = {
  software_Package: 'library',
  software_File: 'file',
  ai_AIPackage: 'machine-learning-model',
  dataset_DatasetPackage: 'data',
};
const LICENCE_OF: ReadonlySet<string> = new Set(['hasConcludedLicense', 'hasDeclaredLicense']);

/** Untrusted: an SPDX 3.0 document (JSON-LD as the specification serialises it; core, software, AI and dataset profiles). */
export function readSpdx3(document: unknown): PartsRead {
  const graph = Graph.safeParse(document);
  if (!graph.success) return notAList(`SPDX 3.0: ${graph.error.issues[0]?.message ?? ''}`);
  const elements = graph.data['@graph'];
  const documents = elements.filter((element) => element.type === 'SpdxDocument');
  if (documents.length !== 1)
    return notAList(`SPDX 3.0: one SpdxDocument is needed, ${String(documents.length)} found`);
  const twice = firstDuplicate(elements.flatMap((element) => element.spdxId ?? []));
  if (twice !== null) return notAList(`SPDX 3.0: two elements have the id ${twice}`);
  const relationships = readRelationships(elements, importedIds(documents[0]));
  if (typeof relationships === 'string') return notAList(`SPDX 3.0: ${relationships}`);
  const licences = licencesBySubject(elements, relationships);
  const names = new Map(
    elements.flatMap(({ spdxId, name }) => (spdxId === undefined ? [] : [[spdxId, name ?? spdxId]])),
  );
  const parts: Part[] = [];
  for (const element of elements.filter(({ type }) => PART_TYPES[type] !== undefined)) {
    const read = Software.safeParse(element);
    if (!read.success || element.spdxId === undefined)
      return notAList(`SPDX 3.0: ${element.spdxId ?? element.type} is not whole`);
    parts.push(toPart(element.type, read.data, { licences: licences.get(element.spdxId) ?? [], names }));
  }
  if (parts.length > MOST_PARTS) return notAList(`SPDX 3.0: at most ${String(MOST_PARTS)} packages and files are read`);
  return { ok: true, list: { format: 'SPDX 3.0', components: parts } };
}

type Relationship = z.infer<typeof Relationship>;

/** SPDX 3.0 `import`: ids that another document defines. */
function importedIds(document: Element | undefined): ReadonlySet<string> {
  const imports = z
    .array(z.looseObject({ externalSpdxId: Text }))
    .max(MOST_ELEMENTS)
    .safeParse(document?.['import']);
  return new Set(imports.success ? imports.data.map((one) => one.externalSpdxId) : []);
}

/** Every end of a relationship is an element of the document, an imported one, or an individual of the specification. */
function readRelationships(elements: readonly Element[], imported: ReadonlySet<string>): Relationship[] | string {
  const known = new Set(elements.flatMap((element) => element.spdxId ?? []));
  const resolves = (id: string): boolean =>
    known.has(id) || imported.has(id) || id.startsWith('https://spdx.org/') || id.startsWith('expandedlicensing_');
  const relationships: Relationship[] = [];
  for (const element of elements.filter(({ type }) => type.endsWith('Relationship'))) {
    const read = Relationship.safeParse(element);
    if (!read.success) return 'a relationship is not whole';
    const lost = [read.data.from, ...read.data.to].find((id) => !resolves(id));
    if (lost !== undefined) return `a relationship names ${lost}, which is not in the document`;
    relationships.push(read.data);
  }
  return relationships;
}

function licencesBySubject(
  elements: readonly Element[],
  relationships: readonly Relationship[],
): ReadonlyMap<string, readonly string[]> {
  const expressions = new Map(
    elements.flatMap(({ spdxId, name, ...more }) => {
      const stated = more['simplelicensing_licenseExpression'];
      const text = typeof stated === 'string' ? stated : name;
      return spdxId === undefined || text === undefined ? [] : [[spdxId, text]];
    }),
  );
  const found = new Map<string, string[]>();
  for (const { from, to, relationshipType } of relationships) {
    if (!LICENCE_OF.has(relationshipType)) continue;
    const texts = to.map((id) => expressions.get(id) ?? id.slice(id.lastIndexOf('/') + 1));
    found.set(from, [...new Set([...(found.get(from) ?? []), ...texts])]);
  }
  return found;
}

function toPart(
  type: string,
  said: z.infer<typeof Software>,
  known: { licences: readonly string[]; names: ReadonlyMap<string, string> },
): Part {
  return partOf({
    name: said.name,
    type: PART_TYPES[type] ?? 'library',
    version: said.software_packageVersion ?? null,
    purl: said.software_packageUrl ?? null,
    licences: known.licences,
    hashes: hashesOf(
      said.verifiedUsing.flatMap(({ algorithm, hashValue }) =>
        algorithm === undefined || hashValue === undefined ? [] : [{ algorithm, value: hashValue }],
      ),
    ),
    supplier: said.suppliedBy === undefined ? null : (known.names.get(said.suppliedBy) ?? said.suppliedBy),
  });
}

import { z } from 'zod';
import { firstDuplicate, hashesOf, MOST_PARTS, notAList, partOf, type Part, type PartsRead } from './parts-list.ts';

const Text = z.string().max(4096);
/** SPDX 2.3, 3.2 and 7.2: letters, digits, dot and dash after the prefix. */
const SpdxId = z.string().regex(/^SPDXRef-[A-Za-z0-9.-]{1,1000}$/);
const Checksum = z.object({ algorithm: Text, checksumValue: z.string().regex(/^[0-9a-fA-F]{8,256}$/) });

const Package = z.object({
  SPDXID: SpdxId,
  name: Text.min(1),
  downloadLocation: Text.min(1),
  versionInfo: Text.optional(),
  supplier: Text.optional(),
  licenseConcluded: Text.optional(),
  licenseDeclared: Text.optional(),
  primaryPackagePurpose: Text.optional(),
  checksums: z.array(Checksum).max(64).default([]),
  externalRefs: z
    .array(z.object({ referenceCategory: Text, referenceType: Text, referenceLocator: Text }))
    .max(1024)
    .default([]),
});

const File = z.object({
  SPDXID: SpdxId,
  fileName: Text.min(1),
  checksums: z.array(Checksum).min(1).max(64),
  licenseConcluded: Text.optional(),
});

const Document = z.object({
  spdxVersion: z.literal('SPDX-2.3'),
  dataLicense: z.literal('CC0-1.0'),
  SPDXID: z.literal('SPDXRef-DOCUMENT'),
  name: Text,
  /** SPDX 2.3, 6.5: a unique absolute URI without a fragment. */
  documentNamespace: z.url().refine((uri) => !uri.includes('#'), { message: 'a namespace has no fragment' }),
  creationInfo: z.object({ created: z.iso.datetime(), creators: z.array(Text).min(1).max(1024) }),
  packages: z.array(Package).max(MOST_PARTS).default([]),
  files: z.array(File).max(MOST_PARTS).default([]),
  externalDocumentRefs: z
    .array(z.object({ externalDocumentId: z.string().regex(/^DocumentRef-[A-Za-z0-9.+-]{1,1000}$/) }))
    .max(1024)
    .default([]),
  relationships: z
    .array(z.object({ spdxElementId: Text, relatedSpdxElement: Text, relationshipType: Text }))
    .max(MOST_PARTS * 5)
    .default([]),
});
type Document = z.infer<typeof Document>;

/** Untrusted: an SPDX 2.3 document (JSON), held to the clauses that decide what it is about. */
export function readSpdx2(document: unknown): PartsRead {
  const read = Document.safeParse(document);
  if (!read.success) {
    const [issue] = read.error.issues;
    return notAList(`SPDX 2.3: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
  }
  const problem = problemOfReferences(read.data);
  if (problem !== null) return notAList(`SPDX 2.3: ${problem}`);
  const { packages, files } = read.data;
  if (packages.length + files.length > MOST_PARTS)
    return notAList(`SPDX 2.3: at most ${String(MOST_PARTS)} packages and files are read`);
  return {
    ok: true,
    list: { format: 'SPDX 2.3', components: [...packages.map(partOfPackage), ...files.map(partOfFile)] },
  };
}

/** SPDX 2.3, 11.1: both ends of a relationship are elements of this document, of a named other one, NONE or NOASSERTION. */
function problemOfReferences({ packages, files, relationships, externalDocumentRefs }: Document): string | null {
  const ids = ['SPDXRef-DOCUMENT', ...packages.map((one) => one.SPDXID), ...files.map((one) => one.SPDXID)];
  const twice = firstDuplicate(ids);
  if (twice !== null) return `two elements have the id ${twice}`;
  const known = new Set(ids);
  const others = new Set(externalDocumentRefs.map((one) => one.externalDocumentId));
  const resolves = (id: string): boolean => known.has(id) || others.has(id.split(':')[0] ?? '');
  for (const { spdxElementId, relatedSpdxElement } of relationships) {
    if (!resolves(spdxElementId)) return `a relationship starts at ${spdxElementId}, which is not in the document`;
    if (!resolves(relatedSpdxElement) && relatedSpdxElement !== 'NONE' && relatedSpdxElement !== 'NOASSERTION')
      return `a relationship leads to ${relatedSpdxElement}, which is not in the document`;
  }
  return null;
}

function partOfPackage(one: z.infer<typeof Package>): Part {
  const purl = one.externalRefs.find((reference) => reference.referenceType === 'purl');
  return partOf({
    name: one.name,
    type: (one.primaryPackagePurpose ?? 'library').toLowerCase(),
    version: one.versionInfo ?? null,
    purl: purl?.referenceLocator ?? null,
    licences: licencesOf(one.licenseConcluded, one.licenseDeclared),
    hashes: hashesOf(one.checksums.map(({ algorithm, checksumValue }) => ({ algorithm, value: checksumValue }))),
    supplier: one.supplier === 'NOASSERTION' ? null : (one.supplier?.replace(/^(Organization|Person): /, '') ?? null),
  });
}

function partOfFile(one: z.infer<typeof File>): Part {
  return partOf({
    name: one.fileName,
    type: 'file',
    licences: licencesOf(one.licenseConcluded),
    hashes: hashesOf(one.checksums.map(({ algorithm, checksumValue }) => ({ algorithm, value: checksumValue }))),
  });
}

/** The concluded licence, or else the declared one. */
function licencesOf(...stated: readonly (string | undefined)[]): string[] {
  const found = stated.find((licence) => licence !== undefined && licence !== 'NOASSERTION' && licence !== 'NONE');
  return found === undefined ? [] : [found];
}

import { z } from 'zod';
import { firstDuplicate, hashesOf, MOST_PARTS, notAList, partOf, type Part, type PartsRead } from './parts-list.ts';

const Text = z.string().max(4096);
const Named = z.object({ name: Text.optional() });
const Licence = z.object({
  license: z.object({ id: Text.optional(), name: Text.optional() }).optional(),
  expression: Text.optional(),
});

/** A component without what is inside it, which is walked and not recursed into. */
const Component = z.object({
  type: Text,
  name: Text.min(1),
  version: Text.optional(),
  versionRange: Text.optional(),
  'bom-ref': Text.optional(),
  purl: Text.optional(),
  hashes: z
    .array(z.object({ alg: Text, content: Text }))
    .max(64)
    .optional(),
  licenses: z.array(Licence).max(256).optional(),
  supplier: Named.optional(),
  publisher: Text.optional(),
  components: z.array(z.unknown()).max(MOST_PARTS).optional(),
});
type Component = z.infer<typeof Component>;

const Bom = z.object({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.enum(['1.5', '1.6', '1.7']),
  components: z.array(z.unknown()).max(MOST_PARTS).default([]),
});

/** Untrusted: a CycloneDX document (1.5 to 1.7, JSON). Components inside components are listed beside them. */
export function readCycloneDx(document: unknown): PartsRead {
  const bom = Bom.safeParse(document);
  if (!bom.success) return notAList(`CycloneDX: ${bom.error.issues[0]?.message ?? ''}`);
  const parts: Part[] = [];
  const references: string[] = [];
  const waiting = bom.data.components.toReversed();
  while (waiting.length > 0) {
    const read = Component.safeParse(waiting.pop());
    if (!read.success) return notAList(`CycloneDX component ${String(parts.length + 1)}: ${issueText(read.error)}`);
    parts.push(toPart(read.data));
    if (read.data['bom-ref'] !== undefined) references.push(read.data['bom-ref']);
    for (const inside of (read.data.components ?? []).toReversed()) waiting.push(inside);
    if (parts.length + waiting.length > MOST_PARTS)
      return notAList(`CycloneDX: at most ${String(MOST_PARTS)} components are read`);
  }
  // CycloneDX: "Every bom-ref must be unique within the BOM."
  const twice = firstDuplicate(references);
  if (twice !== null) return notAList(`CycloneDX: two components have the bom-ref ${twice}`);
  return { ok: true, list: { format: `CycloneDX ${bom.data.specVersion}`, components: parts } };
}

function toPart(component: Component): Part {
  return partOf({
    name: component.name,
    type: component.type,
    version: component.version ?? null,
    versionRange: component.versionRange ?? null,
    purl: component.purl ?? null,
    licences: (component.licenses ?? []).flatMap(
      ({ license, expression }) => expression ?? license?.id ?? license?.name ?? [],
    ),
    hashes: hashesOf((component.hashes ?? []).map(({ alg, content }) => ({ algorithm: alg, value: content }))),
    supplier: component.supplier?.name ?? component.publisher ?? null,
  });
}

function issueText(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? '' : `${issue.path.join('.')} ${issue.message}`;
}

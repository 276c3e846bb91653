import { z } from 'zod';
import { canonicalJson, digestHex, type Digest, type Json } from '#core/base/index.ts';

/** in-toto Statement v1. */
const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';

/** What is said, about which content. */
export interface Statement {
  readonly subject: readonly { readonly name: string; readonly digest: Digest }[];
  readonly predicateType: string;
  readonly predicate: Json;
}

/** The statement as the bytes that are signed. */
export function statementBytes(statement: Statement): Uint8Array<ArrayBuffer> {
  const { subject, predicateType, predicate } = statement;
  return new TextEncoder().encode(
    canonicalJson({
      _type: STATEMENT_TYPE,
      subject: subject.map(({ name, digest }) => ({ name, digest: { sha256: digestHex(digest) } })),
      predicateType,
      predicate,
    }),
  );
}

/** A statement as it arrives: its predicate is parsed by whoever understands its type. */
export const InTotoStatement = z.object({
  _type: z.enum([STATEMENT_TYPE, 'https://in-toto.io/Statement/v0.1']),
  subject: z
    .array(z.object({ name: z.string().optional(), digest: z.record(z.string(), z.string()) }))
    .min(1)
    .max(1024),
  predicateType: z.string().min(1).max(512),
  predicate: z.unknown(),
});
export type InTotoStatement = z.infer<typeof InTotoStatement>;

/** Whether a statement speaks about exactly this content (in-toto v1: any subject whose digest matches). */
export function speaksAbout(statement: InTotoStatement, digest: Digest): boolean {
  return statement.subject.some((subject) => subject.digest['sha256'] === digestHex(digest));
}

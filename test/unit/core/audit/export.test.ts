import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { AUDIT_EXPORT_FILES, type AuditRecord } from '#contracts/audit.ts';
import { buildAuditExport, verifyAuditExport } from '#core/audit/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { createKeyPair, nodeSignatureVerifier, signingKeyFromPem } from '#native/keys/index.ts';
import { aChain, aChainOf } from '#test/support/builders/audit.ts';

const ports = { verifier: nodeSignatureVerifier, hasher: nodeHasher };
const key = signingKeyFromPem(createKeyPair('ed25519').privateKeyPem);
const site = { id: 'plant', name: 'Plant North' };

interface Texts {
  readonly records: string;
  readonly checkpoint: string;
  readonly csv: string;
}

async function exported(records: readonly AuditRecord[]): Promise<Texts> {
  const files = await buildAuditExport(records, site, key, nodeHasher);
  const text = (name: string): string => new TextDecoder().decode(files.get(name));
  return {
    records: text(AUDIT_EXPORT_FILES.records),
    checkpoint: text(AUDIT_EXPORT_FILES.checkpoint),
    csv: text(AUDIT_EXPORT_FILES.csv),
  };
}

const problemOf = (files: Texts, publicKey = key.publicKeyPem) => verifyAuditExport(files, publicKey, ports).problem;
const asLines = (texts: Texts, change: (lines: string[]) => string[]): Texts => ({
  ...texts,
  records: change(texts.records.split('\n').slice(0, -1))
    .map((line) => `${line}\n`)
    .join(''),
});

const anyContent = fc.record({
  subject: fc.string({ unit: 'binary' }),
  ticket: fc.option(fc.string(), { nil: null }),
  actor: fc.record({
    kind: fc.constantFrom('person' as const, 'device' as const, 'station' as const),
    id: fc.string({ minLength: 1, maxLength: 20 }),
    name: fc.string({ maxLength: 20 }),
  }),
  // The event log drops a member `__proto__` before it hashes.
  payload: fc.dictionary(
    fc.string().filter((name) => name !== '__proto__'),
    fc.oneof(
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    ),
  ),
});

describe('verifyAuditExport', () => {
  it('accepts what was exported, whatever the records hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyContent, { maxLength: 12 }), async (contents) => {
        const texts = await exported(aChain(contents));

        expect(verifyAuditExport(texts, key.publicKeyPem, ports)).toEqual({ entries: contents.length, problem: null });
      }),
      { numRuns: 60 },
    );
  });

  describe('when one byte of the records is another one', () => {
    it('finds it at every position', async () => {
      const texts = await exported(aChainOf(4));

      const missed = Array.from(texts.records, (character, at) => ({
        at,
        changed: `${texts.records.slice(0, at)}${character === '0' ? '1' : '0'}${texts.records.slice(at + 1)}`,
      })).filter(({ changed }) => problemOf({ ...texts, records: changed }) === null);

      expect(missed).toEqual([]);
    });

    it('finds it in any chain', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(anyContent, { minLength: 1, maxLength: 8 }),
          fc.nat(),
          fc.integer({ min: 1, max: 127 }),
          async (contents, where, flip) => {
            const texts = await exported(aChain(contents));
            const at = where % texts.records.length;
            const changed = `${texts.records.slice(0, at)}${String.fromCharCode(texts.records.charCodeAt(at) ^ flip)}${texts.records.slice(at + 1)}`;

            expect(problemOf({ ...texts, records: changed })).not.toBeNull();
          },
        ),
        { numRuns: 150 },
      );
    });
  });

  describe('when whole records are touched', () => {
    let texts: Texts;
    beforeAll(async () => {
      texts = await exported(aChainOf(6));
    });

    it.each([0, 1, 2, 3, 4, 5])('finds record %i removed, doubled, moved or cut off', (at) => {
      expect(problemOf(asLines(texts, (lines) => lines.toSpliced(at, 1)))).not.toBeNull();
      expect(problemOf(asLines(texts, (lines) => lines.toSpliced(at, 0, lines[at] ?? '')))).not.toBeNull();
      expect(problemOf(asLines(texts, (lines) => [...lines.toSpliced(at, 1), lines[at] ?? ''].toSpliced(6)))).toEqual(
        at === 5 ? null : expect.anything(),
      );
      expect(problemOf(asLines(texts, (lines) => lines.slice(0, at)))).not.toBeNull();
    });

    it('finds a chain that was made anew from an altered record on', async () => {
      const forged = await exported(
        aChain(Array.from({ length: 6 }, (_, at) => (at === 2 ? { ticket: 'CHG-FORGED' } : {}))),
      );

      expect(problemOf({ ...texts, records: forged.records })).toEqual({ what: 'root-differs' });
    });

    it('finds records that were added after the checkpoint', async () => {
      const longer = await exported(aChainOf(7));

      expect(problemOf({ ...texts, records: longer.records })).toEqual({
        what: 'length-differs',
        records: 7,
        checkpoint: 6,
      });
    });

    it('finds a member that no hash covers', () => {
      expect(
        problemOf(asLines(texts, (lines) => lines.with(2, (lines[2] ?? '').replace('{', '{"aaa":"approved",')))),
      ).toEqual({ what: 'record-broken', seq: 3, why: 'not-canonical' });
    });

    it('finds blanks, and a missing last line feed', () => {
      expect(problemOf(asLines(texts, (lines) => lines.with(5, `${lines[5] ?? ''} `)))).toMatchObject({
        why: 'not-canonical',
      });
      expect(problemOf({ ...texts, records: texts.records.slice(0, -1) })).toMatchObject({ why: 'not-canonical' });
    });

    it('finds a table that does not show the records', () => {
      expect(problemOf({ ...texts, csv: texts.csv.replace('CHG-1', 'CHG-9') })).toEqual({ what: 'csv-differs' });
    });

    it('refuses a checkpoint of another key', () => {
      expect(problemOf(texts, createKeyPair('ed25519').publicKeyPem)).toEqual({ what: 'checkpoint-not-signed-by-key' });
    });
  });

  it('accepts an empty trail', async () => {
    expect(verifyAuditExport(await exported([]), key.publicKeyPem, ports)).toEqual({ entries: 0, problem: null });
  });
});

describe('the table of an export', () => {
  it('defuses what a spreadsheet would run', async () => {
    const { csv } = await exported(
      aChain([{ subject: '=1+1', ticket: '@SUM(A1)', actor: { kind: 'person', id: 'm', name: '-"x",\n' } }]),
    );

    expect(csv).toContain(`'=1+1,'@SUM(A1),`);
    expect(csv).toContain(`"'-""x"",\n"`);
  });
});

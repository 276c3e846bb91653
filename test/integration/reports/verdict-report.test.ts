import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImportContext } from '#contracts/media.ts';
import type { Fact, Verdict } from '#contracts/verdict.ts';
import { renderReport } from '#native/pdf/index.ts';

const run = promisify(execFile);
const hasPdftotext = await run('pdftotext', ['-v']).then(
  () => true,
  () => false,
);
if (!hasPdftotext) console.warn('skipped: what is printed is read with pdftotext (poppler-utils), which is absent');

const KEY = 'ab'.repeat(32);

function aFact(change: Partial<Fact> = {}): Fact {
  const standing = { established: true, demanded: true, ageSeconds: 60 } as const;
  return {
    code: 'SIGNER_TRUSTED',
    aspect: 'identity',
    subject: 'a subject',
    detail: 'a detail',
    ...standing,
    ...change,
  };
}

function aVerdict(change: Partial<Verdict> = {}): Verdict {
  return {
    verdict: 'accepted',
    digest: `sha256:${'0'.repeat(64)}`,
    model: 'line4/solder',
    version: '1.2.0',
    channel: 'production',
    signer: { kind: 'key', id: KEY, name: 'Data team' },
    facts: [aFact()],
    findings: [],
    policyVersion: 3,
    checkedAt: Date.UTC(2026, 1, 3, 4, 5, 6),
    ...change,
  };
}

function aContext(change: Partial<ImportContext> = {}): ImportContext {
  return {
    id: 'imp-1',
    state: 'accepted',
    title: 'Solder joints',
    volumeLabel: 'GANTRY-1',
    volumeSerial: '4C53-0001',
    startedBy: 'Ines',
    decidedBy: 'Dana',
    decisionReason: 'CHG-1',
    createdAt: 1,
    updatedAt: 2,
    ...change,
  };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-report-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a person reads on the pages, with line breaks and spaces removed: where lines break is a matter of layout. */
async function printed(verdict: Verdict, context: ImportContext | null = null): Promise<string> {
  const file = join(folder, 'report.pdf');
  await writeFile(file, await renderReport({ verdict, context }, 'pdf'));
  const { stdout } = await run('pdftotext', ['-enc', 'UTF-8', file, '-'], { maxBuffer: 64_000_000 });
  return stdout.replace(/\s/g, '');
}

describe('renderReport', () => {
  it('writes JSON that is the verdict itself, with the import beside it where there was one', async () => {
    const text = async (context: ImportContext | null): Promise<unknown> =>
      JSON.parse(Buffer.from(await renderReport({ verdict: aVerdict(), context }, 'json')).toString('utf8')) as unknown;

    expect(await text(null)).toEqual(aVerdict());
    expect(await text(aContext())).toEqual({ ...aVerdict(), import: aContext() });
  });

  it('gives the same bytes for the same verdict, and other bytes for another one', async () => {
    const verdict = aVerdict({ signer: { kind: 'key', id: KEY, name: 'Ομάδα Ελέγχου' } });
    const bytes = await renderReport({ verdict, context: aContext() }, 'pdf');

    expect(Buffer.compare(bytes, await renderReport({ verdict, context: aContext() }, 'pdf'))).toBe(0);
    expect(Buffer.compare(bytes, await renderReport({ verdict: aVerdict(), context: aContext() }, 'pdf'))).not.toBe(0);
  });
});

describe.skipIf(!hasPdftotext)('a printed report (skipped without pdftotext)', () => {
  it.each([
    ['Latin', 'Prüfstelle Façade ACME'],
    ['Latin Extended', 'Łódź Přírodní İstanbul Ștefan Čapek'],
    ['Greek', 'Ομάδα Ελέγχου Ποιότητας'],
    ['polytonic Greek', 'Ἀθῆναι ᾠδή'],
    ['Cyrillic', 'Отдел контроля качества Київ'],
    ['Cyrillic Extended', 'Ѳеодоръ Ҁ'],
    ['Vietnamese', 'Nguyễn Thị Hồng Ưu'],
    ['several scripts in one word', 'Aλфa-Ω1'],
  ])('shows a signer and a stick label in %s', async (_script, name) => {
    const text = await printed(
      aVerdict({ signer: { kind: 'key', id: KEY, name } }),
      aContext({ volumeLabel: name, title: name }),
    );

    expect(text.split(name.replace(/\s/g, '')).length - 1).toBe(3);
    expect(text).not.toContain('\\u{');
  });

  it.each([
    ['Chinese', '检测', '\\u{68C0}\\u{6D4B}'],
    ['Arabic', 'فريق', '\\u{641}\\u{631}\\u{64A}\\u{642}'],
    ['an emoji beyond the first plane', 'A🔑B', 'A\\u{1F511}B'],
    ['a bidi override', 'safe\u202Efdp.exe', 'safe\\u{202E}fdp.exe'],
    ['zero width characters', 'AC\u200BME\uFEFF', 'AC\\u{200B}ME\\u{FEFF}'],
    ['control characters', 'a\u0000b\u001b[2Jc\r\nd', 'a\\u{0}b\\u{1B}[2Jc\\u{D}\\u{A}d'],
    ['line and paragraph separators', 'a\u2028b\u2029c', 'a\\u{2028}b\\u{2029}c'],
    ['half a surrogate pair', 'a\ud800b', 'a\\u{D800}b'],
    ['PDF syntax', ') Tj ET endstream endobj (', ')TjETendstreamendobj('],
  ])('writes %s in full, as code points where it has no letter for it', async (_kind, name, shown) => {
    const text = await printed(aVerdict({ signer: { kind: 'key', id: KEY, name } }));

    expect(text).toContain(`Signer:${shown}`);
  });

  it('says of each statement whether it is established, its code, its age and what to do', async () => {
    const facts = [
      aFact({ code: 'SIGNATURE_HOLDS', ageSeconds: 400 * 86_400 }),
      aFact({ code: 'BUILDER_KNOWN', established: false, next: 'Ask the publisher.' }),
      aFact({ code: 'SIGNATURE_LOGGED', established: false, demanded: false, ageSeconds: null, next: 'Nothing.' }),
    ];
    const text = await printed(aVerdict({ verdict: 'refused', facts }));

    expect(text).toContain('[F]NOTestablished:BUILDER_KNOWNasubject,evidence60soldadetailNext:Askthepublisher.');
    expect(text).toContain('[-]notaskedfor:SIGNATURE_LOGGEDasubjectadetail[E]');
    expect(text).toContain('[E]established:SIGNATURE_HOLDSasubject,evidence400daysold');
    expect(text).toContain('Integrity:isthecontentwholeandsafe?[?]notknown');
  });

  it('cuts a text of a million characters, says how much it left out, and numbers its pages', async () => {
    const text = await printed(aVerdict({ facts: [aFact({ detail: 'x'.repeat(1_000_000) })] }));

    expect(text).toContain('998000morecharacters');
    expect(text).toMatch(/page1of[12]/);
  });

  it('says how many findings it left out', async () => {
    const finding = { code: 'ONNX_X', severity: 'block', at: 'a', message: 'm', next: 'n' } as const;
    const text = await printed(aVerdict({ findings: Array.from({ length: 700 }, () => finding) }));

    expect(text).toContain('and200more');
  });
});

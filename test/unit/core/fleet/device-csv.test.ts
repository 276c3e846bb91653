import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDeviceCsv } from '#core/fleet/index.ts';

const codesOf = (text: string): string[] => readDeviceCsv(text).findings.map(({ code, at }) => `${code} ${at}`);

describe('readDeviceCsv', () => {
  it('reads names, quotes, Windows line ends and a byte order mark', () => {
    const { devices, findings } = readDeviceCsv(
      '\uFEFFname,line,cell,redundancyGroup,safety\r\n"Camera ""A"", left",Line 4,C1,pair-1,yes\r\nCamera B,Line 4,,,\r\n\r\n',
    );

    expect(findings).toEqual([]);
    expect(devices).toEqual([
      { name: 'Camera "A", left', line: 'Line 4', cell: 'C1', redundancyGroup: 'pair-1', safety: true },
      { name: 'Camera B', line: 'Line 4', cell: '', redundancyGroup: null, safety: false },
    ]);
  });

  it('needs no more than name and line', () => {
    expect(readDeviceCsv('line,name\nL1,C1').devices).toEqual([
      { name: 'C1', line: 'L1', cell: '', redundancyGroup: null, safety: false },
    ]);
  });

  it.each([
    ['an unknown column', 'name,line,saftey\na,b,yes', ['CSV_COLUMN_UNKNOWN line 1']],
    ['a missing column', 'name\na', ['CSV_COLUMN_MISSING line 1']],
    ['a repeated column', 'name,line,name\na,b,c', ['CSV_COLUMN_REPEATED line 1']],
    ['a short row', 'name,line\na', ['CSV_ROW_LENGTH line 2']],
    [
      'an empty name and a wrong yes',
      'name,line,safety\n,b,maybe\na,b,no',
      ['CSV_FIELD_EMPTY line 2', 'CSV_FIELD_INVALID line 2'],
    ],
    ['a long name', `name,line\n${'a'.repeat(65)},b`, ['CSV_FIELD_TOO_LONG line 2']],
    ['an open quote', 'name,line\n"a,b', ['CSV_MALFORMED line 1']],
    ['nothing', '', ['CSV_COLUMN_MISSING line 1', 'CSV_COLUMN_MISSING line 1']],
  ])('refuses a list with %s, and no row of it counts', (_name, text, codes) => {
    expect(codesOf(text)).toEqual(codes);
    expect(readDeviceCsv(text).devices).toEqual([]);
  });

  it('gives back every list that it could have been written from', () => {
    const text = fc
      .string({ minLength: 1, maxLength: 60 })
      .map((value) => value.replaceAll('\r', ' ').trim())
      .filter((value) => value !== '');
    const quote = (value: string): string => `"${value.replaceAll('"', '""')}"`;

    fc.assert(
      fc.property(fc.array(fc.record({ name: text, line: text }), { minLength: 1, maxLength: 20 }), (rows) => {
        const csv = ['name,line', ...rows.map((row) => `${quote(row.name)},${quote(row.line)}`)].join('\r\n');

        expect(readDeviceCsv(csv).devices.map(({ name, line }) => ({ name, line }))).toEqual(rows);
      }),
    );
  });
});

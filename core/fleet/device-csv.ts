import type { Finding } from '#core/base/index.ts';

/** A device of a commissioning list. */
export interface PlannedDevice {
  readonly name: string;
  readonly line: string;
  readonly cell: string;
  readonly redundancyGroup: string | null;
  readonly safety: boolean;
}

const COLUMNS = ['name', 'line', 'cell', 'redundancyGroup', 'safety'] as const;
const LIMITS = { rows: 5000, field: 64 } as const;
const YES = ['yes', 'true', '1'];
const NO = ['no', 'false', '0', ''];

/**
 * A commissioning list: CSV (RFC 4180) with a header row; `name` and `line` are needed, other columns may be absent, unknown ones are refused,
 * because a misspelt `safety` must not count as no. Untrusted: all findings come back at once; with one that blocks, no row counts.
 */
export function readDeviceCsv(text: string): { devices: PlannedDevice[]; findings: Finding[] } {
  const rows = parseRows(text.replace(/^\uFEFF/, ''));
  if (rows === undefined)
    return { devices: [], findings: [refusal('line 1', 'CSV_MALFORMED', 'a quoted field does not end')] };
  const [header = [], ...body] = rows;
  const findings = checkHeader(header);
  if (body.length > LIMITS.rows)
    findings.push(refusal('list', 'CSV_TOO_LONG', `at most ${String(LIMITS.rows)} devices in one list`));
  if (findings.length > 0) return { devices: [], findings };
  const devices = body.flatMap((row, at) => readDevice(header, row, { line: at + 2, findings }));
  return { devices: findings.length > 0 ? [] : devices, findings };
}

function checkHeader(header: readonly string[]): Finding[] {
  const known: readonly string[] = COLUMNS;
  const unknown = header
    .filter((column) => !known.includes(column))
    .map((column) => refusal('line 1', 'CSV_COLUMN_UNKNOWN', `there is no column ${column}`));
  const missing = ['name', 'line']
    .filter((column) => !header.includes(column))
    .map((column) => refusal('line 1', 'CSV_COLUMN_MISSING', `the column ${column} is needed`));
  const repeated = header
    .filter((column, at) => header.indexOf(column) !== at)
    .map((column) => refusal('line 1', 'CSV_COLUMN_REPEATED', `the column ${column} is there twice`));
  return [...unknown, ...missing, ...repeated];
}

function readDevice(
  header: readonly string[],
  row: readonly string[],
  at: { line: number; findings: Finding[] },
): PlannedDevice[] {
  const where = `line ${String(at.line)}`;
  if (row.length !== header.length) {
    at.findings.push(
      refusal(where, 'CSV_ROW_LENGTH', `${String(header.length)} fields expected, ${String(row.length)} found`),
    );
    return [];
  }
  const field = (column: (typeof COLUMNS)[number]): string => row[header.indexOf(column)]?.trim() ?? '';
  const before = at.findings.length;
  for (const column of ['name', 'line'] as const) {
    if (field(column) === '') at.findings.push(refusal(where, 'CSV_FIELD_EMPTY', `${column} is empty`));
  }
  for (const column of COLUMNS) {
    if (field(column).length > LIMITS.field)
      at.findings.push(
        refusal(where, 'CSV_FIELD_TOO_LONG', `${column} has more than ${String(LIMITS.field)} characters`),
      );
  }
  const safety = field('safety').toLowerCase();
  if (!YES.includes(safety) && !NO.includes(safety))
    at.findings.push(refusal(where, 'CSV_FIELD_INVALID', `safety must be yes or no, it is ${field('safety')}`));
  if (at.findings.length > before) return [];
  const redundancyGroup = field('redundancyGroup');
  return [
    {
      name: field('name'),
      line: field('line'),
      cell: field('cell'),
      redundancyGroup: redundancyGroup === '' ? null : redundancyGroup,
      safety: YES.includes(safety),
    },
  ];
}

/** Rows of fields, blank lines left out; undefined when a quote stays open. */
function parseRows(text: string): string[][] | undefined {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let isQuoted = false;
  const endRow = (): void => {
    row.push(field);
    field = '';
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (isQuoted && character === '"' && text.charAt(at + 1) === '"') {
      field += '"';
      at += 1;
    } else if (character === '"' && (isQuoted || field === '')) isQuoted = !isQuoted;
    else if (!isQuoted && character === ',') {
      row.push(field);
      field = '';
    } else if (!isQuoted && character === '\n') endRow();
    else if (isQuoted || character !== '\r') field += character;
  }
  if (field !== '' || row.length > 0) endRow();
  return isQuoted ? undefined : rows;
}

function refusal(at: string, code: string, message: string): Finding {
  return { code, severity: 'block', at, message, next: 'Correct the list and import it again; nothing was created.' };
}

/** Replaces a secret; its length tells nothing about it. */
const HIDDEN = '[hidden]';

/** Members whose value is a secret by their name, wherever they stand. */
const SECRET_NAMES = /pass(?:phrase|word)|secret|token|cookie|authori[sz]ation|private.?key|^code$|enrol(?:ment)?.?code|api.?key/i;

/** Secrets by their form, wherever they stand in a text. */
const SECRET_FORMS: readonly RegExp[] = [
  // PEM private keys, also with their line feeds escaped as JSON writes them.
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/gs,
  /\b(?:bearer|basic)\s+[A-Za-z0-9+/_.=~-]{8,}/gi,
  /\b(?:set-)?cookie:[^\r\n"]*/gi,
  // In addresses and command lines: token=…, code=…, passphrase=…
  /(?<=\b(?:token|code|secret|passphrase|password)=)[^\s&"'\\]+/gi,
  // An enrolment code: base32 groups, a full stop, the first half of the CA's fingerprint.
  /\b[0-9A-Za-z]{4}(?:-[0-9A-Za-z]{4})*\.[0-9a-f]{32}\b/g,
];

/** Facts deeper than this are not written: a log line is read by people. */
const MAX_DEPTH = 6;
const MAX_ITEMS = 50;
const MAX_TEXT = 4_000;

/** A text without anything that looks like a secret. */
export function redactText(text: string): string {
  const shown = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  return SECRET_FORMS.reduce((line, form) => line.replace(form, HIDDEN), shown);
}

/** A copy that is safe to write: secrets hidden by name and by form, bytes and deep structures cut short. */
export function redactFacts(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object') return typeof value === 'function' || typeof value === 'symbol' ? undefined : value;
  if (value instanceof Uint8Array) return `[${String(value.length)} bytes]`;
  if (depth >= MAX_DEPTH) return '[deeper]';
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => redactFacts(item, depth + 1));
  const members = Object.entries(value).slice(0, MAX_ITEMS);
  return Object.fromEntries(members.map(([name, member]) => [name, SECRET_NAMES.test(name) ? HIDDEN : redactFacts(member, depth + 1)]));
}

/** Hides literal secrets that the program knows, in both their plain and their JSON form. */
export function hideLiterals(line: string, secrets: Iterable<string>): string {
  let safe = line;
  for (const secret of secrets) {
    safe = safe.replaceAll(secret, HIDDEN).replaceAll(JSON.stringify(secret).slice(1, -1), HIDDEN);
  }
  return safe;
}

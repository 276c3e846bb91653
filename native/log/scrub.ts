/** Member names whose values never reach a log, whatever they hold. */
const SECRET_NAMES = /passphrase|password|secret|token|cookie|authorization|private.?key|enrolment.?code/i;

/** Texts that are secrets wherever they stand: private keys, start links, enrolment codes. */
const SECRET_TEXTS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /([?&]token=)[^&\s"']+/g,
  /\b(?:bearer|basic)\s+[A-Za-z0-9+/_.=~-]{8,}/gi,
  /\b(?:set-)?cookie:[^\r\n"]*/gi,
  /\b[0-9A-Za-z]{4}(?:-[0-9A-Za-z]{1,8})+\.[0-9a-f]{32}\b/g,
];

export const REDACTED = '[redacted]';

/** Deeper structures are cut: a log line is for people. */
const MAX_DEPTH = 6;
const MAX_TEXT = 8192;

/** A copy that is safe to log: secrets replaced, long texts and deep structures cut. */
export function scrub(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return scrubText(value);
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? String(value) : value;
  if (depth >= MAX_DEPTH) return '[deep]';
  if (value instanceof Uint8Array) return `[${String(value.length)} bytes]`;
  if (value instanceof Error) return scrubError(value, depth);
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => scrub(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      SECRET_NAMES.test(name) ? REDACTED : scrub(member, depth + 1),
    ]),
  );
}

function scrubText(text: string): string {
  const cut = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  return SECRET_TEXTS.reduce(
    (clean, secret) =>
      clean.replace(secret, (_match, kept: unknown) =>
        typeof kept === 'string' && kept.startsWith('?') ? `${kept}${REDACTED}` : REDACTED,
      ),
    cut,
  );
}

/** Name, message, own members and the chain of causes; the stack stays on this machine's disk. */
function scrubError(error: Error, depth: number): unknown {
  const own = Object.fromEntries(Object.entries(error).filter(([name]) => name !== 'cause'));
  return {
    name: error.name,
    message: scrubText(error.message),
    stack: scrubText(error.stack ?? ''),
    ...(scrub(own, depth + 1) as object),
    ...(error.cause === undefined ? {} : { cause: scrub(error.cause, depth + 1) }),
  };
}

import { describe, expect, it } from 'vitest';
import { describeWithShared } from '#test/support/shared-data.ts';
import { readJson, sigstoreWorkshop } from '#test/support/sigstore-edits.ts';

const NAMES = [
  'happy-path-v0.1',
  'happy-path-v0.3',
  'happy-path-intoto-in-dsse-v3',
  'intoto-with-custom-trust-root',
  'managed-key-happy-path',
  'rekor2-happy-path',
  'rekor2-dsse-happy-path',
];

/** What no signature covers, and why that is no harm: it decides nothing. */
const UNSIGNED = [
  // Rekor v2 proves the place with the inclusion proof; the number outside is for people.
  /^rekor2-.*tlogEntries\.0\.logIndex at/,
  // DSSE: a key id is not authenticated, and not used.
  /dsseEnvelope\.signatures\.0\.keyid at/,
  // The lines of witnesses behind the log's own signature; witnesses are not asked for.
  /^rekor2-dsse-happy-path: .*checkpoint\.envelope at 0\.(?:5|9)$/,
  // The middle of this token is the certificate that it carries; the one of the trusted root is used instead.
  /^rekor2-happy-path: .*signedTimestamp at 0\.5$/,
];

describeWithShared('every text of a Sigstore bundle', 'conformance/sigstore', (dir) => {
  const shop = sigstoreWorkshop(dir);

  describe.each(NAMES)('when one character of %s is another', (name) => {
    it('is refused with a code, or is a member that no signature covers', { timeout: 120_000 }, async () => {
      const accepted: string[] = [];
      for (const path of textsOf(readJson(shop.named(name).bundlePath))) {
        for (const place of [0, 0.5, 0.9]) {
          const bundle = shop.bundle(name, (document) => {
            changeText(document, path, place);
          });
          const outcome = await shop.outcome(name, { bundle });

          expect(outcome).toMatch(/^(?:verified|(?:SIGNATURE|BUNDLE|INPUT)_[A-Z_]+)$/);
          if (outcome === 'verified') accepted.push(`${name}: ${path.join('.')} at ${place}`);
        }
      }

      expect(accepted.filter((text) => !UNSIGNED.some((pattern) => pattern.test(text)))).toEqual([]);
    });
  });
});

/** Paths of all texts. */
function textsOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value === 'string') return value === '' ? [] : [[...path]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => textsOf(inner, [...path, name]));
}

/** Another character of the same kind at a place between 0 (first) and 1 (behind the last). */
function changeText(document: Record<string, unknown>, path: readonly string[], place: number): void {
  const holder = path.slice(0, -1).reduce((inner, name) => inner[name] as Record<string, unknown>, document);
  const name = path.at(-1) ?? '';
  const text = String(holder[name]);
  const at = Math.floor(text.length * place);
  const character = text.charAt(at);
  const other = /\d/.test(character) ? String((Number(character) + 1) % 10) : character === 'A' ? 'B' : 'A';
  holder[name] = text.slice(0, at) + other + text.slice(at + 1);
}

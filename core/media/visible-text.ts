/** Control, format (bidi overrides, zero width), surrogate, private and separator characters. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

/** Untrusted: a label or serial from a medium. What could hide or reorder text is shown as an escape. */
export function visibleText(text: string, limit = 128): string {
  const shown = text.replace(
    INVISIBLE,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`,
  );
  return shown.length > limit ? `${shown.slice(0, limit - 1)}…` : shown;
}

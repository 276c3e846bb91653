import type { ReportFont } from './report-fonts.ts';

/** A piece of text that one font can draw. */
export interface TextRun {
  readonly font: string;
  readonly text: string;
}

/** One statement is never longer on paper; the JSON report has it in full. */
const PRINTED_LIMIT = 2_000;

/** Control, format (bidi overrides, zero width), surrogate, private, unassigned and separator characters: what hides or reorders text. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/u;

/**
 * Untrusted: text of a bundle or medium. Split by the font that has each character; a character that none has, or that could hide or
 * reorder others, is written as its code point, so that nothing is dropped.
 */
export function textRuns(text: string, fonts: readonly ReportFont[], limit = PRINTED_LIMIT): TextRun[] {
  const runs: { font: ReportFont; text: string }[] = [];
  const characters = Array.from(text.slice(0, limit));
  const left = text.length - Math.min(text.length, limit);
  const add = (font: ReportFont, piece: string): void => {
    const last = runs.at(-1);
    if (last?.font === font) last.text += piece;
    else runs.push({ font, text: piece });
  };
  const [first] = fonts;
  if (first === undefined) return [];
  for (const character of characters) {
    const code = character.codePointAt(0) ?? 0;
    const current = runs.at(-1)?.font;
    const font = INVISIBLE.test(character)
      ? undefined
      : [...(current === undefined ? [] : [current]), ...fonts].find(({ covers }) => covers.has(code));
    if (font === undefined) add(first, `\\u{${code.toString(16).toUpperCase()}}`);
    else add(font, character);
  }
  if (left > 0) add(first, ` … (${String(left)} more characters; the JSON report has them)`);
  return runs.map((run) => ({ font: run.font.name, text: run.text }));
}

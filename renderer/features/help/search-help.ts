import type { HelpBook, HelpPage } from './help-pages.ts';

export interface HelpHit {
  readonly page: HelpPage;
  /** A line of the page that holds one of the words, without its markup. */
  readonly excerpt: string;
}

const EXCERPT_LENGTH = 180;

/** Pages that hold every word, in title or text; those that hold them in the title come first, then those that say them most. */
export function searchHelp(book: HelpBook, query: string): HelpHit[] {
  const words = wordsOf(query);
  if (words.length === 0) return [];
  const hits = [...book.values()].flatMap((page) => {
    const title = page.title.toLowerCase();
    const text = page.body.toLowerCase();
    if (!words.every((word) => title.includes(word) || text.includes(word))) return [];
    const inTitle = words.filter((word) => title.includes(word)).length;
    const mentions = words.reduce((sum, word) => sum + text.split(word).length - 1, 0);
    return [{ page, excerpt: excerptOf(page, words), inTitle, mentions }];
  });
  return hits
    .sort((a, b) => b.inTitle - a.inTitle || b.mentions - a.mentions)
    .map(({ page, excerpt }) => ({ page, excerpt }));
}

function wordsOf(query: string): string[] {
  return query.toLowerCase().split(/\s+/).filter(Boolean);
}

function excerptOf(page: HelpPage, words: readonly string[]): string {
  const lines = page.body.split('\n').map(plainLine).filter(Boolean);
  const count = (line: string): number => words.filter((word) => line.toLowerCase().includes(word)).length;
  const best = lines.reduce((winner, line) => (count(line) > count(winner) ? line : winner), lines[0] ?? '');
  if (best.length <= EXCERPT_LENGTH) return best;
  const at = best.toLowerCase().indexOf(words.find((word) => best.toLowerCase().includes(word)) ?? '');
  const from = Math.max(0, Math.min(at - EXCERPT_LENGTH / 3, best.length - EXCERPT_LENGTH));
  return `${from > 0 ? '… ' : ''}${best.slice(from, from + EXCERPT_LENGTH).trim()} …`;
}

/** A line as it reads: headings, list marks, table bars, links and emphasis are taken off. */
function plainLine(line: string): string {
  if (/^\s*(```|\|?\s*:?-{3,})/.test(line)) return '';
  return line
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[`*]/g, '')
    .replace(/^\s*(#+|-|\d+\.|>)\s+/, '')
    .replaceAll(/\s*\|\s*/g, ' ')
    .trim();
}

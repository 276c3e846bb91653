import { toHelpBook } from './help-pages.ts';

/** The help of this build: the texts are part of the program, so they are there when nothing else is. */
export const HELP = toHelpBook(
  import.meta.glob('../../../docs/help/en/*.md', { query: '?raw', import: 'default', eager: true }),
);

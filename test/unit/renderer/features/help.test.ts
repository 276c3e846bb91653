import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERROR_CATALOGUE } from '#contracts/errors/index.ts';
import { HELP_GROUPS, helpPageId, pageOfLink, toHelpBook } from '#renderer/features/help/help-pages.ts';
import { helpPageOf, screenOfPage } from '#renderer/features/help/page-of-route.ts';
import { searchHelp } from '#renderer/features/help/search-help.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const PAGES = join(ROOT, 'docs/help/en');
const NAMES = readdirSync(PAGES);
const FILES = Object.fromEntries(NAMES.map((name) => [join(PAGES, name), readFileSync(join(PAGES, name), 'utf8')]));
const BOOK = toHelpBook(FILES);
const PAGE_LIST = [...BOOK.values()];

/** Every match of a pattern's first group in every page, with the page it stands on. */
function found(pattern: RegExp): { page: string; text: string }[] {
  return PAGE_LIST.flatMap(({ id, body }) => [...body.matchAll(pattern)].map(([, text = '']) => ({ page: id, text })));
}

describe('help pages', () => {
  it('are the files of the folder, no more and no less', () => {
    const listed = HELP_GROUPS.flatMap(({ pages }) => pages.map((id) => `${id}.md`));

    expect([...NAMES].sort()).toEqual([...listed].sort());
  });

  it('have a title of their own and something to say', () => {
    expect(new Set(PAGE_LIST.map(({ title }) => title)).size).toBe(NAMES.length);
    for (const [path, text] of Object.entries(FILES)) expect(text, path).toMatch(/^# \S/);
    for (const { id, body } of PAGE_LIST) expect(body.split(/\s+/).length, id).toBeGreaterThan(120);
  });

  it('say on every screen what to do first and what to do when it goes wrong', () => {
    const screens = HELP_GROUPS.find(({ group }) => group === 'screens')?.pages ?? [];
    for (const id of screens) {
      expect(BOOK.get(id)?.body, id).toContain('## What to do first');
      expect(BOOK.get(id)?.body, id).toMatch(/## (When it goes wrong|.*what now\?)/);
    }
  });

  it('link only to each other', () => {
    const broken = found(/\]\(([^)]*)\)/g).filter(({ text }) => pageOfLink(text) === undefined);

    expect(broken).toEqual([]);
  });

  it('name no place outside this machine and the plant', () => {
    const urls = found(/(https?:\/\/[^\s)`|]*)/g).filter(
      ({ text }) => !/^https?:\/\/(127\.0\.0\.1|192\.168\.|…)/.test(text),
    );

    expect(urls).toEqual([]);
  });

  it('hold no raw HTML and no picture', () => {
    expect(found(/(<[a-z/!][^>]*>|!\[)/gi)).toEqual([]);
  });
});

describe('facts of the help', () => {
  const reference = readFileSync(join(ROOT, 'docs/cli-reference.md'), 'utf8');
  const sections = new Map(
    reference.split(/^#{2,3} (?=gantry )/m).map((part) => [part.split('\n', 1)[0] ?? '', part] as const),
  );

  it('name commands and options that the program has', () => {
    const commands = [...found(/`(gantry [^`]+)`/g), ...found(/^(gantry .+)$/gm)];
    const wrong = commands.filter(({ text }) => !isKnownCommand(text, sections));

    expect(commands.length).toBeGreaterThan(30);
    expect(wrong).toEqual([]);
  });

  it('name codes that the program gives', () => {
    const sources = sourcesOf(['core', 'agent', 'station', 'cli']);
    const codes = found(/`([A-Z]+(?:_[A-Z0-9]+)+)`/g);
    const wrong = codes.filter(({ text }) => !Object.hasOwn(ERROR_CATALOGUE, text) && !sources.includes(`'${text}'`));

    expect(codes.length).toBeGreaterThan(50);
    expect(wrong).toEqual([]);
  });

  it('find a place in the troubleshooting for every error code', () => {
    const text = BOOK.get('troubleshooting')?.body ?? '';
    const families = [...text.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_?)`/g)].map(([, family = '']) => family);
    const homeless = Object.keys(ERROR_CATALOGUE).filter(
      (code) => !families.some((family) => (family.endsWith('_') ? code.startsWith(family) : code === family)),
    );

    expect(homeless).toEqual([]);
  });
});

describe('helpPageOf', () => {
  const routes = [
    ...readFileSync(join(ROOT, 'renderer/app/routes.tsx'), 'utf8').matchAll(/<Route path="([^"]+)"/g),
  ].map(([, path = '']) => path);

  it('knows a page for every route of the application', () => {
    const screens = routes.filter((route) => !route.startsWith('/help'));
    const pages = screens.map((route) => helpPageOf(route.replaceAll(/:\w+/g, 'something')));

    expect(screens.length).toBeGreaterThan(14);
    expect(pages).not.toContain('getting-started');
    for (const page of pages) expect(BOOK.has(page), page).toBe(true);
  });

  it('tells a new rollout from one with an id', () => {
    expect(helpPageOf('/rollout/new')).toBe('rollout-plan');
    expect(helpPageOf('/rollout/01J')).toBe('rollout-board');
  });

  it('begins at the beginning where no screen is', () => {
    expect(helpPageOf('/no/such/screen')).toBe('getting-started');
  });

  it('finds the way back to a screen with one address', () => {
    expect(screenOfPage('rollout-plan')).toBe('/rollout/new');
    expect(screenOfPage('device')).toBeUndefined();
    expect(screenOfPage('recovery')).toBeUndefined();
  });
});

describe('helpPageId', () => {
  it('takes no name that is not a page', () => {
    expect(helpPageId('recovery')).toBe('recovery');
    expect(helpPageId('../errors')).toBeUndefined();
    expect(pageOfLink('recovery')).toBeUndefined();
  });
});

describe('searchHelp', () => {
  it('wants every word, in any case and order', () => {
    const ids = (query: string): string[] => searchHelp(BOOK, query).map(({ page }) => page.id);

    expect(ids('STOLEN gateway')).toContain('recovery');
    expect(ids('gateway stolen')).toEqual(ids('STOLEN gateway'));
    expect(ids('gateway zeppelin')).toEqual([]);
    expect(ids('   ')).toEqual([]);
  });

  it('puts a page that is about the word before one that only says it', () => {
    expect(searchHelp(BOOK, 'audit')[0]?.page.id).toBe('audit');
    expect(searchHelp(BOOK, 'telemetry')[0]?.page.id).toBe('telemetry');
  });

  it('shows the line with the word, as it reads', () => {
    const [hit] = searchHelp(BOOK, 'LISTEN_REFUSED');

    expect(hit?.excerpt).toContain('LISTEN_REFUSED');
    expect(hit?.excerpt).not.toMatch(/[`*|[\]]/);
  });

  it('keeps a long line short, around the word', () => {
    const book = toHelpBook({ 'site.md': `# Site\n\n${'far '.repeat(100)}needle ${'away '.repeat(100)}` });

    const [hit] = searchHelp(book, 'needle');

    expect(hit?.excerpt).toContain('needle');
    expect(hit?.excerpt.length).toBeLessThan(200);
  });
});

function isKnownCommand(text: string, sections: ReadonlyMap<string, string>): boolean {
  const words = text.split(/\s+/);
  const names = [words.slice(0, 3).join(' '), words.slice(0, 2).join(' ')];
  // `gantry --help` is the program itself; CAPITALS stand for what a person fills in.
  if (words[1] === '--help' || words[1] === 'COMMAND') return true;
  const section = names.map((name) => sections.get(name)).find((part) => part !== undefined);
  const options = words.filter((word) => word.startsWith('--'));
  return section !== undefined && options.every((option) => section.includes(`${option} `));
}

function sourcesOf(folders: readonly string[]): string {
  return folders
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => readFileSync(join(ROOT, folder, file), 'utf8')),
    )
    .join('\n');
}

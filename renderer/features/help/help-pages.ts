/** The pages of the bundled help, in reading order. The names are the files of docs/help/<language>. */
export const HELP_GROUPS = [
  { group: 'start', pages: ['getting-started', 'trust-and-policy', 'sticks-and-media', 'gateway-installation'] },
  {
    group: 'screens',
    pages: [
      'site',
      'fleet',
      'device',
      'import',
      'bundles',
      'bundle',
      'benchmark',
      'rollout',
      'rollout-plan',
      'rollout-board',
      'review',
      'telemetry',
      'audit',
      'trust',
      'keys',
    ],
  },
  { group: 'trouble', pages: ['troubleshooting', 'recovery', 'command-line'] },
] as const;

export type HelpPageId = (typeof HELP_GROUPS)[number]['pages'][number];

const PAGE_IDS: readonly HelpPageId[] = HELP_GROUPS.flatMap(({ pages }): readonly HelpPageId[] => pages);

export interface HelpPage {
  readonly id: HelpPageId;
  readonly title: string;
  /** Markdown without the title line. */
  readonly body: string;
}

export type HelpBook = ReadonlyMap<HelpPageId, HelpPage>;

/** The page of a name in the address, if there is one. */
export function helpPageId(name: string | undefined): HelpPageId | undefined {
  return PAGE_IDS.find((id) => id === name);
}

/** Reads the pages from their files, by path. A page without a file is a mistake of the build and left out. */
export function toHelpBook(files: Readonly<Record<string, string>>): HelpBook {
  const byName = new Map(Object.entries(files).map(([path, text]) => [path.slice(path.lastIndexOf('/') + 1), text]));
  return new Map(
    PAGE_IDS.flatMap((id) => {
      const text = byName.get(`${id}.md`);
      return text === undefined ? [] : [[id, toHelpPage(id, text)] as const];
    }),
  );
}

function toHelpPage(id: HelpPageId, text: string): HelpPage {
  const [first = '', ...rest] = text.trim().split('\n');
  return { id, title: first.replace(/^#\s+/, ''), body: rest.join('\n').trim() };
}

/** The page that a link inside the help leads to: pages link to each other by file name, so that they also read well as files. */
export function pageOfLink(href: string): HelpPageId | undefined {
  return href.endsWith('.md') ? helpPageId(href.slice(0, -'.md'.length)) : undefined;
}

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { fontCoverage, type FontCoverage } from './font-coverage.ts';

/** Files of @fontsource/inter. Each has the letters of some scripts; together they have those of Europe. In the order in which they are asked. */
const SCRIPTS = ['latin', 'latin-ext', 'greek', 'greek-ext', 'cyrillic', 'cyrillic-ext', 'vietnamese'] as const;
const WEIGHTS = { plain: 400, bold: 600 } as const;
export type Weight = keyof typeof WEIGHTS;

/** One font file under the name that the document knows it by. */
export interface ReportFont {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly covers: FontCoverage;
}
export type ReportFonts = Readonly<Record<Weight, readonly ReportFont[]>>;

let loaded: Promise<ReportFonts> | undefined;

/** The fonts, read once. */
export function reportFonts(): Promise<ReportFonts> {
  loaded ??= Promise.all([fontsOf('plain'), fontsOf('bold')]).then(([plain, bold]) => ({ plain, bold }));
  return loaded;
}

function fontsOf(weight: Weight): Promise<ReportFont[]> {
  return Promise.all(
    SCRIPTS.map(async (script) => {
      const bytes = await fontFile(`inter-${script}-${String(WEIGHTS[weight])}-normal.woff`);
      return { name: `${weight} ${script}`, bytes, covers: fontCoverage(bytes) };
    }),
  );
}

async function fontFile(name: string): Promise<Uint8Array> {
  let path: string;
  try {
    path = fileURLToPath(import.meta.resolve(`@fontsource/inter/files/${name}`));
  } catch {
    // A built program has no packages around it: its chunks lie beside the folder of its fonts.
    path = fileURLToPath(new URL(`../fonts/${name}`, import.meta.url));
  }
  return readFile(path);
}

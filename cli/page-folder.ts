import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AppError } from '#core/base/index.ts';

/** The built page, beside the sources or inside an installed program. */
export function pageFolder(): string {
  const found = ['../dist/renderer', '../renderer']
    .map((place) => fileURLToPath(new URL(place, import.meta.url)))
    .find((place) => existsSync(`${place}/index.html`) && existsSync(`${place}/assets`));
  if (found === undefined) throw new AppError('PAGE_NOT_BUILT', 'the page was not built yet: run `npm run build`', {});
  return found;
}

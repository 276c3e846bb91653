import { ERROR_CATALOGUE, errorEntry, isErrorCode } from '#contracts/errors/index.ts';
import { renderCliReference } from './cli-reference.ts';
import { renderErrorDocs } from './error-docs.ts';

/** A file that is made from the source, committed, and compared by `npm run check`. */
export interface GeneratedFile {
  readonly path: string;
  readonly render: () => string | Promise<string>;
}

/** Everything that `npm run gen` writes. */
export const GENERATED_FILES: readonly GeneratedFile[] = [
  {
    path: 'docs/errors.md',
    render: () => {
      const codes = Object.keys(ERROR_CATALOGUE).filter((code) => isErrorCode(code));
      return renderErrorDocs(codes.map((code) => ({ code, ...errorEntry(code) })));
    },
  },
  { path: 'docs/cli-reference.md', render: renderCliReference },
];

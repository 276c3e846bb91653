import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GENERATED_FILES } from './generate/generated-files.ts';
import { REPOSITORY_ROOT } from './source-graph/read-sources.ts';

// `npm run gen` writes what is generated; with `--check` it only compares, and fails when a file has drifted.
const isCheck = process.argv.includes('--check');

for (const { path, render } of GENERATED_FILES) {
  const file = join(REPOSITORY_ROOT, path);
  const wanted = await render();
  const found = await readFile(file, 'utf8').catch(() => null);
  if (found === wanted) {
    console.log(`${path}: up to date`);
  } else if (isCheck) {
    console.error(`${path}: differs from its source; run \`npm run gen\` and commit the file`);
    process.exitCode = 1;
  } else {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, wanted);
    console.log(`${path}: written`);
  }
}

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { evidencePage } from './generate/evidence.ts';
import { REPOSITORY_ROOT } from './source-graph/read-sources.ts';

// `npm run evidence`: docs/evidence/trust-and-media.md from what the slow suites left in test-results/.

async function result(name: string): Promise<string | undefined> {
  try {
    return await readFile(join(REPOSITORY_ROOT, 'test-results', `${name}.json`), 'utf8');
  } catch {
    return undefined;
  }
}

const page = evidencePage({
  faults: await result('faults'),
  fuzz: await result('fuzz'),
  conformance: await result('conformance'),
});
const path = join(REPOSITORY_ROOT, 'docs', 'evidence', 'trust-and-media.md');
await writeFile(path, page);
console.log(`wrote ${path}`);

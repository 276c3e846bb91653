import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { evidencePage } from './evidence/page.ts';
import { runSuite } from './evidence/run-suites.ts';
import { SUITES } from './evidence/suites.ts';
import { REPOSITORY_ROOT } from './source-graph/read-sources.ts';

// `npm run evidence`: docs/evidence/trust-and-media.md from what the slow suites left in test-results/.
// `npm run evidence -- --run [--target S1]`: first runs the tests of the targets that are proven by tests, and keeps their counts there.

const RESULTS = join(REPOSITORY_ROOT, 'test-results');
const { values } = parseArgs({ options: { run: { type: 'boolean', default: false }, target: { type: 'string' } } });

async function result(name: string): Promise<string | undefined> {
  try {
    return await readFile(join(RESULTS, `${name}.json`), 'utf8');
  } catch {
    return undefined;
  }
}

async function runSuites(target: string | undefined): Promise<void> {
  await mkdir(RESULTS, { recursive: true });
  for (const suite of SUITES) {
    if (target !== undefined && !suite.targets.split(', ').includes(target)) continue;
    console.log(`${suite.targets}: ${suite.what}`);
    const counts = runSuite(suite);
    const kept = JSON.parse((await result('suites')) ?? '{}') as Record<string, unknown>;
    console.log(
      counts === undefined ? '  no result' : `  ${String(counts.passed)} passed, ${String(counts.failed)} failed`,
    );
    const next = { ...kept, [suite.targets]: counts };
    await writeFile(join(RESULTS, 'suites.json'), `${JSON.stringify(next, null, 2)}\n`);
  }
}

if (values.run) await runSuites(values.target);
const page = evidencePage({
  faults: await result('faults'),
  fuzz: await result('fuzz'),
  usb: await result('usb'),
  suites: await result('suites'),
});
const path = join(REPOSITORY_ROOT, 'docs', 'evidence', 'trust-and-media.md');
await writeFile(path, page);
console.log(`wrote ${path}`);

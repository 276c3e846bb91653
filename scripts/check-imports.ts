import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkImportRules } from './import-rules/check-import-rules.ts';
import { readSources, REPOSITORY_ROOT } from './source-graph/read-sources.ts';
import { buildSourceGraph } from './source-graph/source-graph.ts';

const manifest = JSON.parse(await readFile(join(REPOSITORY_ROOT, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
};
const graph = buildSourceGraph(await readSources(REPOSITORY_ROOT));
const breaches = checkImportRules(graph, Object.keys(manifest.dependencies));
for (const { rule, at, message } of breaches) console.error(`${at}  ${rule}: ${message}`);
console.log(`import rules: ${String(graph.size)} modules read, ${String(breaches.length)} breaches`);
process.exitCode = breaches.length === 0 ? 0 : 1;

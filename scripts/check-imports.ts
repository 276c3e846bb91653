import { checkImportRules } from './import-rules/check-import-rules.ts';
import { readSources, REPOSITORY_ROOT } from './source-graph/read-sources.ts';
import { buildSourceGraph } from './source-graph/source-graph.ts';

const graph = buildSourceGraph(await readSources(REPOSITORY_ROOT));
const breaches = checkImportRules(graph);
for (const { rule, at, message } of breaches) console.error(`${at}  ${rule}: ${message}`);
console.log(`import rules: ${String(graph.size)} modules read, ${String(breaches.length)} breaches`);
process.exitCode = breaches.length === 0 ? 0 : 1;

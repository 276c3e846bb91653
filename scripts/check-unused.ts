import { findDeadFiles } from './dead-code/unreached.ts';
import { findUnusedExports } from './dead-code/unused-exports.ts';
import { readSources, REPOSITORY_ROOT } from './source-graph/read-sources.ts';
import { buildSourceGraph } from './source-graph/source-graph.ts';

const graph = buildSourceGraph(await readSources(REPOSITORY_ROOT));
const deadFiles = findDeadFiles(graph);
const unusedExports = findUnusedExports(graph);
for (const { path, message } of deadFiles) console.error(`${path}  dead file: ${message}`);
for (const { at, message } of unusedExports) console.error(`${at}  unused export: ${message}`);
console.log(
  `dead code: ${String(graph.size)} modules read, ${String(deadFiles.length)} dead files, ${String(unusedExports.length)} unused exports`,
);
process.exitCode = deadFiles.length + unusedExports.length === 0 ? 0 : 1;

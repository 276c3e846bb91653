import { REPOSITORY_ROOT } from '../source-graph/read-sources.ts';
import { buildPrograms } from './build-programs.ts';
import { BUILD_PROGRAMS } from './programs.ts';

// `npm run build [renderer] [electron] [agent]`: all of them when none is named.
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !BUILD_PROGRAMS.some((program) => program.name === name));
if (unknown.length > 0)
  throw new Error(
    `there is no program ${unknown.join(', ')}; there are ${BUILD_PROGRAMS.map(({ name }) => name).join(', ')}`,
  );

const programs = BUILD_PROGRAMS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
await buildPrograms(REPOSITORY_ROOT, programs, {
  onlyStale: false,
  say: (line) => {
    console.log(line);
  },
});

import { ensureInstalled } from './setup/ensure-installed.mjs';
import { runUnderNode24 } from './setup/run-under-node-24.mjs';

// `npm start`: plain JavaScript, because it begins on any Node from 18 on with nothing installed.

const isInstalled = await ensureInstalled((line) => {
  console.log(line);
});
process.exitCode = isInstalled ? await runUnderNode24('scripts/start/main.ts', process.argv.slice(2)) : 1;

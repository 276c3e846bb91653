import { ensureInstalled } from './setup/ensure-installed.mjs';
import { runUnderNode24 } from './setup/run-under-node-24.mjs';

// `npm test`: plain JavaScript, because it begins on any Node from 18 on with nothing installed.

if (
  await ensureInstalled((line) => {
    console.log(line);
  })
) {
  process.exitCode = await runUnderNode24('scripts/testing/main.ts', process.argv.slice(2));
} else {
  console.log('No test could run.');
  console.log('0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
}

import { ensureInstalled } from './setup/ensure-installed.mjs';
import { runUnderNode24 } from './setup/run-under-node-24.mjs';

// `.ci/run`: check and test from a clean checkout. The tests run even when the check failed, and print the last line.

if (
  await ensureInstalled((line) => {
    console.log(line);
  })
) {
  const checkCode = await runUnderNode24('scripts/check.ts', []);
  const testCode = await runUnderNode24('scripts/testing/main.ts', checkCode === 0 ? [] : ['--after-failed-check']);
  process.exitCode = checkCode === 0 && testCode === 0 ? 0 : 1;
} else {
  console.log('Neither check nor test could run.');
  console.log('0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
}

// `node test/support/ui-station/main.ts [--empty]`: the interface with an in-memory station, for looking at screens.
import { resolve } from 'node:path';
import { serveUiStation } from './serve.ts';

const served = await serveUiStation(resolve('dist/renderer'), { empty: process.argv.includes('--empty') });
console.log(served.shell.issueStartToken());

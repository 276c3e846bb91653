import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { keepOnnxRuntimeSilent } from '#native/quiet-runtime/index.ts';
import { composeStation, FIRST_SITE } from './compose.ts';
import { receiveSiteSecret } from './receive-site-secret.ts';
import { serveParent } from './serve-parent.ts';

keepOnnxRuntimeSilent(process.env);

const { values } = parseArgs({ options: { site: { type: 'string' } } });
const siteDir = values.site;
if (siteDir === undefined) throw new Error('the desktop shell names the site folder: --site DIR');

/** Built beside this file (vite.electron.config.ts). */
const HASH_THREAD_FILE = join(import.meta.dirname, 'hash-thread.js');
const SCAN_CHILD_FILE = join(import.meta.dirname, 'scan-child.js');

const { passphrase, origin } = await receiveSiteSecret(process.parentPort);

await serveParent({
  parent: process.parentPort,
  compose: () =>
    composeStation({
      siteDir,
      ...(passphrase === null ? {} : { passphrase }),
      // A passphrase that nobody knows must be in the backup, or the backup opens nothing.
      isPassphraseOurs: origin === 'keychain',
      create: FIRST_SITE,
      hashThreadFile: HASH_THREAD_FILE,
      scanChildFile: SCAN_CHILD_FILE,
    }),
  exit: (code) => process.exit(code),
});

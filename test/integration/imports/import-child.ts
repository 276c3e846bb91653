/** A station that imports and may be killed at any moment. Arguments: site folder, stick folder, bundle digest, read log. */
import { appendFileSync } from 'node:fs';
import { isDigest } from '#core/base/index.ts';
import { engineer, openSite, reach, verdictOf } from './site.ts';

const PIECE_BYTES = 1024 * 1024;

const [siteFolder = '', stick = '', digest = '', readLog = ''] = process.argv.slice(2);
if (!isDigest(digest)) throw new Error('usage: import-child SITE STICK DIGEST LOG');

const site = await openSite(siteFolder, {
  verify: verdictOf('accepted'),
  wrapMedia: (access) => ({
    ...access,
    reader: (volume) => {
      const reader = access.reader(volume);
      return {
        ...reader,
        async openFile(path) {
          const file = await reader.openFile(path);
          return {
            ...file,
            async readInto(start, into, signal) {
              // In pieces, as a slow stick delivers: a kill finds a block half read.
              for (let at = 0; at < into.length; at += PIECE_BYTES) {
                const piece = into.subarray(at, at + PIECE_BYTES);
                await file.readInto(start + at, piece, signal);
                appendFileSync(readLog, `${String(piece.length)}\n`);
                await new Promise((resolve) => setTimeout(resolve, 4));
              }
            },
          };
        },
      };
    },
  }),
});
const volume = await site.media.openFolder(stick);
const view = await site.imports.start({ volumeId: volume.id, bundleDigest: digest }, engineer);
process.stdout.write('started\n');
await reach(site, view.id, 'awaiting-decision');
process.stdout.write('done\n');
await site.close();

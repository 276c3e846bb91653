import type { Command } from 'commander';
import { MAX_PART_BYTES, type VolumeView } from '#contracts/media.ts';
import { isBlocking } from '#core/base/index.ts';
import { checkMediaSet, visibleText } from '#core/media/index.ts';
import { nodeHasher } from '#native/hash/index.ts';
import { nodeSignatureVerifier } from '#native/keys/index.ts';
import { folderVolume, nodeMediaAccess, removableVolumes, stickFolders, volumeEjector } from '#native/media/index.ts';
import { withSite, type OpenSite } from '../compose.ts';
import { EXIT, exitCodeOf, type CliIo } from '../output/index.ts';
import { printFindings } from '../output/print-findings.ts';
import { readTrustFolder } from '../inputs/trust-files.ts';
import { withStickAt } from '../stick-at.ts';
import { KEY_HELP } from '../signing-key.ts';
import { writeSticks, type WriteOptions } from '../media/write-sticks.ts';

interface CheckOptions {
  readonly trust?: string;
  readonly json?: true;
}

interface EjectOptions {
  readonly site?: string;
  readonly json?: true;
}

type EjectedStick = Pick<VolumeView, 'label' | 'serial'>;

/** `gantry media`. */
export function registerMedia(program: Command, io: CliIo): void {
  const media = program.command('media').description('Write and check media sets; a stick is a folder');
  media
    .command('write')
    .description('Write layouts as a media set. Several sticks become the folders stick-1, stick-2 … of DIR')
    .requiredOption('--from <layout...>', 'layout folders')
    .requiredOption('--to <dir>', 'stick, or folder for several sticks')
    .option('--part-bytes <n>', 'largest file on a stick', String(MAX_PART_BYTES))
    .option('--sticks <n>', 'number of sticks', '1')
    .option('--key <key>', `signs the index (bundles carry their own signatures): ${KEY_HELP}`)
    .option(
      '--against <receipt>',
      'inventory receipt of the site: what it has is left out, what changed travels as a difference',
    )
    .option('--receipt-key <file>', 'public key of the site; then the signature of the receipt is verified')
    .option('--base <layout...>', 'layouts with earlier bundles that differences may build on')
    .option('--full', 'carry everything all the same')
    .option('--pin-file <file>', 'file whose first line is the PIN of the token')
    .option(
      '--recipient <recipient...>',
      'encrypt the content for these sites (age1…); what it is called stays readable',
    )
    .option('--passphrase-file <file>', 'file whose first line opens the key')
    .option('--no-passphrase', 'the key is not protected')
    .option('--json', 'print one JSON document')
    .action((options: WriteOptions) => writeSticks(options, io));
  media
    .command('check')
    .description(
      'Read a media set whole and name what is missing or damaged. Exit 0 whole, 3 damaged, 4 a part is missing',
    )
    .argument('<dir...>', 'sticks, or a folder with the sticks of a set')
    .option('--trust <dir>', 'folder with trust.json or *.pub.pem; then the signature of the index is judged as well')
    .option('--json', 'print one JSON document')
    .action(async (dirs: string[], options: CheckOptions) => {
      process.exitCode = await check(dirs, options, io);
    });
  media
    .command('eject')
    .description(
      'Flush and unmount a stick, so that it can be taken out. With --site it is written to the audit trail, and refused while the site uses the stick',
    )
    .argument('<dir>', 'where the stick is mounted')
    .option(
      '--site <dir>',
      'folder of the site that used the stick; while its station runs, eject on the Import screen',
    )
    .option('--json', 'print one JSON document')
    .action((dir: string, options: EjectOptions) => eject(dir, options, io));
}

async function eject(dir: string, options: EjectOptions, io: CliIo): Promise<void> {
  const volume =
    options.site === undefined ? await ejectAlone(dir) : await withSite(options.site, io, (site) => ejectOf(site, dir));
  if (options.json === true) io.json({ ejected: true, label: volume.label, serial: volume.serial });
  else io.out(`Ejected ${visibleText(volume.label)}; it can be taken out`);
}

/** Without a site there is nobody to ask who uses the stick: the system refuses while files on it are open. */
async function ejectAlone(dir: string): Promise<EjectedStick> {
  const volumes = (await Promise.all(removableVolumes(process.platform).map((source) => source.list()))).flat();
  const folder = await folderVolume(dir);
  const volume = volumes.find(({ mountPath }) => mountPath === folder.mountPath) ?? folder;
  await volumeEjector(process.platform).eject(volume);
  return volume;
}

/** Through the station: MEDIA_BUSY while a job of the site works on the stick, and an entry in the audit trail. */
async function ejectOf({ services, person }: OpenSite, dir: string): Promise<EjectedStick> {
  return withStickAt(services, dir, async (volumeId) => {
    const { label, serial } = await services.media.require(volumeId);
    await services.sticks.eject({ volumeId }, person);
    return { label, serial };
  });
}

async function check(dirs: readonly string[], options: CheckOptions, io: CliIo): Promise<number> {
  const folders = (
    await Promise.all(dirs.map(async (dir) => ((await stickFolders(dir)).length === 0 ? [dir] : stickFolders(dir))))
  ).flat();
  const sticks = await Promise.all(
    folders.map(async (folder) => ({ name: folder, reader: nodeMediaAccess.reader(await folderVolume(folder)) })),
  );
  const trust = options.trust === undefined ? undefined : await readTrustFolder(options.trust, io.clock.now());
  const result = await checkMediaSet(sticks, {
    hasher: nodeHasher,
    onProgress: (done, total) => {
      io.progress({ done, total, unit: 'bytes' });
    },
    ...(trust === undefined ? {} : { trust: { keys: trust.keys, verifier: nodeSignatureVerifier } }),
  });
  const whole = !isBlocking(result.findings);
  if (options.json === true) io.json({ whole, folders, ...result });
  else {
    io.out(
      whole
        ? `Whole: ${String(result.partsWhole.length)} parts, ${String(result.checkedBytes)} bytes read`
        : 'NOT WHOLE',
    );
    printFindings(result.findings, io);
  }
  if (whole) return EXIT.done;
  const codes = result.findings.filter((finding) => finding.severity === 'block').map((finding) => finding.code);
  if (codes.every((code) => code === 'MEDIA_PART_MISSING')) return EXIT.environment;
  return codes.includes('MEDIA_NO_SET') ? exitCodeOf('MEDIA_NO_SET') : EXIT.refused;
}

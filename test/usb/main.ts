import { spawnSync } from 'node:child_process';
import { createCipheriv } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { REPOSITORY_ROOT } from '#scripts/source-graph/read-sources.ts';
import { aSignedLayout, writeSpecFiles } from '#test/support/bundles.ts';
import { aLargeModel } from '#test/support/large-model.ts';
import { aPolicy, aSigningKey } from '#test/support/trust.ts';
import { installedKernel, makeGuestImage } from './guest-image.ts';
import { startGuest } from './guest.ts';
import { carryOnStick, FILE_SYSTEMS, type StickReport } from './stick-journey.ts';

/**
 * `npm run test:usb [-- --yanks N --seed N]`: sticks with real FAT32 and exFAT in a virtual machine with a real kernel and a real USB
 * controller, written by `gantry media write`, imported by `gantry import`, and pulled in the middle. Needs root's view of the host's
 * files, qemu and a Debian kernel; says what is missing otherwise.
 */
const { values } = parseArgs({
  options: { yanks: { type: 'string', default: '5' }, seed: { type: 'string', default: '1' } },
});
const yanks = Number(values.yanks);
const seed = Number(values.seed);

const WEIGHT_BYTES = 96 * 1024 * 1024;
const PACKAGES = 'qemu-system-x86 linux-image-amd64 busybox-static cpio dosfstools exfatprogs udev';

/** What the guest reads from the host: a signed layout, and the rules of a site. */
async function writeMaterial(dir: string): Promise<void> {
  const key = aSigningKey();
  const files = join(dir, 'files');
  await writeSpecFiles(files);
  const stream = createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16));
  await writeFile(join(files, 'model.onnx'), aLargeModel(WEIGHT_BYTES, stream.update(Buffer.alloc(WEIGHT_BYTES))));
  await aSignedLayout({ key, filesDir: files, outDir: join(dir, 'signed') });
  const policy = aPolicy().channels.production;
  await writeFile(join(dir, 'release.pub.pem'), key.publicKeyPem);
  const site = join(dir, 'site');
  gantry('init', '--site', site, '--name', 'Guest');
  gantry(
    'trust',
    'add-key',
    '--site',
    site,
    '--name',
    'Release',
    '--key',
    join(dir, 'release.pub.pem'),
    '--channel',
    'production',
  );
  const lists = [
    ...policy.builders.flatMap((uri) => ['--builder', uri]),
    ...policy.sources.flatMap((uri) => ['--source', uri]),
  ];
  gantry('trust', 'policy', '--site', site, '--channel', 'production', ...lists);
}

function gantry(...args: string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [join(REPOSITORY_ROOT, 'cli', 'bin.mjs'), ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`gantry ${args.join(' ')} ended with ${String(status)}: ${stderr}`);
}

function missing(): string | null {
  if (spawnSync('qemu-system-x86_64', ['--version']).status !== 0) return 'qemu-system-x86';
  if (installedKernel() === undefined) return 'linux-image-amd64';
  if (spawnSync('/bin/busybox', ['true']).status !== 0) return 'busybox-static';
  return null;
}

/** Boots a guest over fresh material and carries one stick of each file system through it. */
async function carryAll(kernel: { version: string; path: string }): Promise<StickReport[]> {
  const dir = await mkdtemp(join(tmpdir(), 'gantry-usb-'));
  try {
    await writeMaterial(dir);
    const guest = await startGuest(dir, await makeGuestImage(dir, kernel));
    const reports: StickReport[] = [];
    try {
      for (const fileSystem of FILE_SYSTEMS) reports.push(await carryOnStick(guest, { dir, fileSystem, yanks, seed }));
    } finally {
      await guest.close();
    }
    return reports;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function writeReports(reports: readonly StickReport[]): Promise<void> {
  const { stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: REPOSITORY_ROOT, encoding: 'utf8' });
  const folder = join(REPOSITORY_ROOT, 'test-results');
  await mkdir(folder, { recursive: true });
  const result = { seed, commit: stdout.trim(), date: new Date().toISOString(), reports };
  await writeFile(join(folder, 'usb.json'), `${JSON.stringify(result, null, 2)}\n`);
}

const kernel = installedKernel();
const lacks = missing();
if (lacks !== null || kernel === undefined) {
  console.log(`Skipped: ${lacks ?? 'a kernel'} is not on this machine. On Debian: apt-get install ${PACKAGES}`);
  console.log('0 passed, 0 failed, 1 skipped');
} else {
  const reports = await carryAll(kernel);
  await writeReports(reports);
  const failed = reports.filter((report) => report.failures.length > 0);
  for (const failure of failed.flatMap((report) => report.failures)) console.log(`FAILED: ${failure}`);
  console.log(`${String(reports.length - failed.length)} passed, ${String(failed.length)} failed, 0 skipped`);
  if (failed.length > 0) process.exitCode = 1;
}

import { execFileSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStation } from '#cli/compose.ts';
import { INVENTORY_TYPE, InventoryReceipt } from '#contracts/outbox.ts';
import { openDocument } from '#core/signing/index.ts';
import { nodeSignatureVerifier } from '#native/keys/index.ts';
import { folderVolume, nodeMediaAccess, volumeEjector } from '#native/media/index.ts';
import { gantry } from '../cli/gantry.ts';
import { aFolder, listing } from './folders.ts';

const isRoot = process.getuid?.() === 0;
const code = (name: string): unknown => expect.objectContaining({ code: name });

/** Runs the program, which must end well, and gives what it printed. */
async function ran(...args: string[]): Promise<string> {
  const { status, out, err } = await gantry(...args);
  expect([status, err]).toEqual([0, err]);
  return out;
}

async function aSiteFolder(): Promise<string> {
  const site = join(await aFolder(), 'site');
  await ran('init', '--site', site, '--name', 'Plant 7');
  return site;
}

describe('outbox', () => {
  it('lists what waits, writes it to a stick and touches no foreign file', async () => {
    const site = await aSiteFolder();
    const stick = await aFolder();
    await writeFile(join(stick, 'theirs.txt'), 'foreign');

    const before = JSON.parse(await ran('outbox', 'list', '--site', site, '--json')) as {
      items: { kind: string; count: number; lastWrittenAt: number | null }[];
    };
    await ran('outbox', 'write', '--site', site, '--to', stick, '--kind', 'audit', 'receipt', '--json');
    const after = JSON.parse(await ran('outbox', 'list', '--site', site, '--json')) as typeof before;

    expect(before.items.map(({ kind }) => kind)).toEqual(['telemetry', 'review', 'audit', 'receipt']);
    expect(after.items.find(({ kind }) => kind === 'audit')?.lastWrittenAt).not.toBeNull();
    expect(after.items.find(({ kind }) => kind === 'telemetry')?.lastWrittenAt).toBeNull();
    const files = Object.keys(await listing(stick));
    expect(files.some((file) => file.startsWith('gantry/outbox/audit/'))).toBe(true);
    expect(files.some((file) => file.startsWith('gantry/outbox/receipt/'))).toBe(true);
    expect(await readFile(join(stick, 'theirs.txt'), 'utf8')).toBe('foreign');
  });

  it('names the folder of each kind, in whatever order they were asked for, and leaves nothing opened', async () => {
    const site = await aSiteFolder();
    const stick = await aFolder();

    const out = await ran('outbox', 'write', '--site', site, '--to', stick, '--kind', 'receipt', 'audit', '--json');

    const { written } = JSON.parse(out) as { written: { kind: string; folder: string }[] };
    expect(written.map(({ kind }) => kind).sort()).toEqual(['audit', 'receipt']);
    for (const { kind, folder } of written) {
      expect(folder).toContain(`outbox/${kind}/`);
      expect((await readdir(folder)).length).toBeGreaterThan(0);
    }
    const station = await openStation({ siteDir: site, devices: 'closed' }, { env: {} });
    try {
      expect((await station.services.media.volumes()).map(({ id, canClose }) => [id, canClose])).toEqual([
        ['inbox', false],
      ]);
      // A medium that is listed already keeps its one handle.
      expect((await station.services.media.openFolder(join(site, 'inbox'))).id).toBe('inbox');
      expect((await station.services.media.openFolder(stick)).canClose).toBe(true);
      expect(await station.services.media.volumes()).toHaveLength(2);
    } finally {
      await station.close();
    }
  });

  it('writes an inventory receipt that the key of the site signed', async () => {
    const site = await aSiteFolder();
    const stick = await aFolder();

    const stdout = await ran('outbox', 'receipt', '--site', site, '--to', stick, '--json');
    const { written } = JSON.parse(stdout) as { written: { receipt: string }[] };
    const path = written[0]?.receipt ?? '';
    const envelope: unknown = JSON.parse(await readFile(path, 'utf8'));
    const publicKeyPem = await readFile(join(path, '../site.pub.pem'), 'utf8');

    const inventory = openDocument(envelope, {
      payloadType: INVENTORY_TYPE,
      schema: InventoryReceipt,
      publicKeyPem,
      verifier: nodeSignatureVerifier,
    });
    expect(inventory).toMatchObject({ site: { name: 'Plant 7' }, bundles: [], blobs: [] });
  });
});

describe('eject', () => {
  it.skipIf(!isRoot)('flushes and unmounts a mounted image, and leaves a plain folder alone (needs root)', async () => {
    const work = await aFolder();
    const image = join(work, 'stick.img');
    const mount = await aFolder();
    execFileSync('truncate', ['-s', '16M', image]);
    execFileSync('mkfs.ext4', ['-q', '-F', image]);
    execFileSync('mount', ['-o', 'loop', image, mount]);
    const volume = await folderVolume(mount);
    await nodeMediaAccess.writer(volume).writeFile('gantry/outbox/a', new Uint8Array([1]));

    await volumeEjector('linux').eject(volume);

    expect(await listing(mount)).toEqual({});
    await expect(volumeEjector('linux').eject(await folderVolume(work))).rejects.toEqual(code('MEDIA_NOT_REMOVABLE'));
    execFileSync('mount', ['-o', 'loop', image, mount]);
    expect(Object.keys(await listing(mount))).toContain('gantry/outbox/a');
    execFileSync('umount', [mount]);
  });

  it.skipIf(!isRoot)('says that it is busy while another program has a file open (needs root)', async () => {
    const mount = await aFolder();
    execFileSync('mount', ['-t', 'tmpfs', 'gantry-test', mount]);
    const volume = await folderVolume(mount);
    const held = await nodeMediaAccess.reader(volume).list('', 10);
    await writeFile(join(mount, 'open'), 'x');
    const file = await nodeMediaAccess.reader(volume).openFile('open');

    await expect(volumeEjector('linux').eject(volume)).rejects.toEqual(code('MEDIA_BUSY'));

    expect(held).toEqual([]);
    await file.close();
    await volumeEjector('linux').eject(volume);
  });

  const removable = { kind: 'removable' as const, id: 'v', label: 'PLANT', serial: null, fileSystem: null };
  const sizes = { totalBytes: null, freeBytes: null, readOnly: false };

  it.each([
    ['darwin' as const, '/Volumes/PLANT', ['diskutil eject /Volumes/PLANT']],
    [
      'win32' as const,
      'E:\\',
      [
        "powershell.exe -NoProfile -NonInteractive -Command Write-VolumeCache -DriveLetter E; (New-Object -ComObject Shell.Application).Namespace(17).ParseName('E:').InvokeVerb('Eject'); Start-Sleep -Seconds 2; if (Test-Path 'E:\\') { [Console]::Error.WriteLine('target is busy'); exit 1 }",
      ],
    ],
    ['linux' as const, '/media/absent', ['sync --file-system /media/absent', 'umount /media/absent']],
  ])('runs the command of %s', async (platform, mountPath, commands) => {
    const ran: string[] = [];
    const run = (file: string, args: readonly string[]): Promise<string> => {
      ran.push([file, ...args].join(' '));
      return Promise.resolve('');
    };

    await volumeEjector(platform, run).eject({ ...removable, ...sizes, mountPath });

    expect(ran).toEqual(commands);
  });

  it('says when this account may not unmount', async () => {
    const run = (): Promise<string> =>
      Promise.reject(
        new Error('umount failed', { cause: new Error('umount: /media/x: must be superuser to unmount.') }),
      );

    await expect(volumeEjector('linux', run).eject({ ...removable, ...sizes, mountPath: '/media/x' })).rejects.toEqual(
      code('MEDIA_EJECT_REFUSED'),
    );
  });
});

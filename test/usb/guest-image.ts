import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** A kernel and an initial RAM disk that boot into the host's own files, read-only, under a RAM overlay. */
export interface GuestImage {
  readonly kernel: string;
  readonly initrd: string;
}

/** What a guest needs beyond what Debian's kernel has built in: USB storage, the file systems of sticks, the host's files. */
const MODULES = [
  'virtio_pci',
  '9pnet_virtio',
  '9p',
  'overlay',
  'xhci_pci',
  'usb-storage',
  'uas',
  'sd_mod',
  'vfat',
  'exfat',
  'nls_cp437',
  'nls_ascii',
  'nls_utf8',
] as const;

/**
 * The first program of the guest. A command arrives as one line, `ID BASE64`, and is answered with its output in Base64 and its
 * exit code between marks that no echo of a command holds.
 */
const INIT = `#!/bin/sh
export PATH=/bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
while read -r module; do insmod "/modules/$module" 2>/dev/null; done < /modules/order
mkdir -p /host /ram /root
mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=524288 host /host
mount -t tmpfs -o size=1200m ram /ram
mkdir -p /ram/upper /ram/work
mount -t overlay -o lowerdir=/host,upperdir=/ram/upper,workdir=/ram/work overlay /root
for folder in proc sys dev; do mount --bind "/$folder" "/root/$folder"; done
mount --bind /host /root/mnt
mount -t tmpfs tmp /root/tmp; mount -t tmpfs run /root/run
chroot /root sh -c '/lib/systemd/systemd-udevd --daemon; udevadm trigger; udevadm settle' >/dev/null 2>&1
stty -echo < /dev/ttyS0
exec < /dev/ttyS0 > /dev/ttyS0 2>&1
echo GUEST-READY
while read -r id command; do
  echo "$command" | base64 -d > /root/tmp/command
  chroot /root sh /tmp/command > /root/tmp/output 2>&1
  code=$?
  echo "BEGIN-$id"; base64 /root/tmp/output; echo "END-$id $code"
done
`;

/** The newest installed kernel that has its modules; undefined when there is none. */
export function installedKernel(): { version: string; path: string } | undefined {
  if (!existsSync('/lib/modules')) return undefined;
  const versions = readdirSync('/lib/modules').filter((version) => existsSync(`/boot/vmlinuz-${version}`));
  const version = versions.sort().at(-1);
  return version === undefined ? undefined : { version, path: `/boot/vmlinuz-${version}` };
}

/** Builds the RAM disk in `dir`. */
export async function makeGuestImage(dir: string, kernel: { version: string; path: string }): Promise<GuestImage> {
  const tree = join(dir, 'tree');
  for (const folder of ['bin', 'modules', 'proc', 'sys', 'dev']) await mkdir(join(tree, folder), { recursive: true });
  await copyFile('/bin/busybox', join(tree, 'bin', 'busybox'));
  run('/bin/busybox', ['--install', '-s', join(tree, 'bin')]);
  // The links of --install name the host's busybox; in the guest it lies elsewhere.
  for (const name of readdirSync(join(tree, 'bin'))) {
    if (name !== 'busybox') run('ln', ['-sfn', 'busybox', join(tree, 'bin', name)]);
  }
  const order = moduleFiles(kernel.version);
  for (const file of order) await copyFile(file, join(tree, 'modules', basename(file)));
  await writeFile(join(tree, 'modules', 'order'), `${order.map((file) => basename(file)).join('\n')}\n`);
  await writeFile(join(tree, 'init'), INIT, { mode: 0o755 });
  const initrd = join(dir, 'initrd.gz');
  run('sh', ['-c', `cd '${tree}' && find . | cpio --quiet -o -H newc | gzip -1 > '${initrd}'`]);
  return { kernel: kernel.path, initrd };
}

/** Module files in loading order, each once. */
function moduleFiles(version: string): string[] {
  const lines = MODULES.flatMap((name) => run('modprobe', ['-S', version, '--show-depends', name]).split('\n'));
  const files = lines.filter((line) => line.startsWith('insmod ')).map((line) => line.slice('insmod '.length).trim());
  return [...new Set(files)];
}

function run(command: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(status)}: ${stderr}`);
  return stdout;
}

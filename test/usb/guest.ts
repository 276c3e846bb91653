import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { GuestImage } from './guest-image.ts';

/** What a command in the guest said. */
export interface GuestAnswer {
  readonly code: number;
  readonly output: string;
}

/** A virtual machine with a USB controller, whose sticks can be pulled. */
export interface Guest {
  /** Runs a shell command in the host's files; throws when it does not end in time. */
  run(command: string, limitMs?: number): Promise<GuestAnswer>;
  /** Plugs a disk image in as a USB stick with this serial number. */
  plug(image: string, serial: string): Promise<void>;
  /** Pulls the stick, whatever is being written or read. */
  yank(serial: string): Promise<void>;
  close(): Promise<void>;
}

const BOOT_LIMIT_MS = 180_000;
const COMMAND_LIMIT_MS = 180_000;
const STICK_SPEED = 'stick-speed';
const STICK_BYTES_PER_SECOND = 16 * 1024 * 1024;

/** Boots a guest; sockets lie in `dir`. Emulated, so that it runs where no hardware virtualisation is. */
export async function startGuest(dir: string, image: GuestImage): Promise<Guest> {
  const console_ = join(dir, 'console.sock');
  const monitor = join(dir, 'monitor.sock');
  const machine = spawn('qemu-system-x86_64', qemuArguments(image, console_, monitor), {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const complaints: string[] = [];
  machine.stderr.on('data', (bytes: Buffer) => complaints.push(bytes.toString()));
  try {
    const lines = await connectWhenThere(console_);
    const control = await connectWhenThere(monitor);
    const shell = guestShell(lines);
    await shell.ready(BOOT_LIMIT_MS);
    const qmp = await openMonitor(control);
    return {
      run: (command, limitMs = COMMAND_LIMIT_MS) => shell.run(command, limitMs),
      plug: (file, serial) => plug(qmp, file, serial),
      yank: (serial) => yank(qmp, serial),
      close: () => stop(machine),
    };
  } catch (error) {
    await stop(machine);
    throw new Error(`the guest did not start: ${complaints.join('')}`, { cause: error });
  }
}

function qemuArguments(image: GuestImage, console_: string, monitor: string): string[] {
  return [
    ...['-accel', 'tcg,thread=multi', '-smp', '2', '-m', '3072', '-nodefaults', '-display', 'none', '-no-reboot'],
    ...['-kernel', image.kernel, '-initrd', image.initrd, '-append', 'console=ttyS0 quiet panic=1'],
    ...['-chardev', `socket,id=c0,path=${console_},server=on,wait=off`, '-serial', 'chardev:c0'],
    ...['-qmp', `unix:${monitor},server=on,wait=off`],
    ...['-virtfs', 'local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap'],
    ...['-device', 'qemu-xhci,id=xhci'],
    // A stick as slow as a cheap one: there is time to pull it in the middle.
    ...['-object', `throttle-group,id=${STICK_SPEED},x-bps-total=${String(STICK_BYTES_PER_SECOND)}`],
  ];
}

type Monitor = (execute: string, args: object) => Promise<void>;

async function openMonitor(socket: Socket): Promise<Monitor> {
  const waiting: ((line: { return?: unknown; error?: { desc: string } }) => void)[] = [];
  createInterface({ input: socket }).on('line', (line) => {
    const message = JSON.parse(line) as { return?: unknown; error?: { desc: string } };
    if ('return' in message || 'error' in message) waiting.shift()?.(message);
  });
  const execute: Monitor = (name, args) =>
    new Promise((resolve, reject) => {
      waiting.push(({ error }) => {
        if (error === undefined) resolve();
        else reject(new Error(`${name}: ${error.desc}`));
      });
      socket.write(`${JSON.stringify({ execute: name, arguments: args })}\n`);
    });
  await execute('qmp_capabilities', {});
  return execute;
}

async function plug(monitor: Monitor, file: string, serial: string): Promise<void> {
  const node = `node-${serial}`;
  await monitor('blockdev-add', {
    driver: 'throttle',
    'node-name': node,
    'throttle-group': STICK_SPEED,
    file: { driver: 'raw', file: { driver: 'file', filename: file } },
  });
  await monitor('device_add', {
    driver: 'usb-storage',
    id: `stick-${serial}`,
    drive: node,
    bus: 'xhci.0',
    removable: true,
    serial,
  });
}

async function yank(monitor: Monitor, serial: string): Promise<void> {
  await monitor('device_del', { id: `stick-${serial}` });
  // The image is let go when the guest's controller has seen the stick go.
  for (let attempt = 0; ; attempt += 1) {
    await pause(100);
    try {
      await monitor('blockdev-del', { 'node-name': `node-${serial}` });
      return;
    } catch (error) {
      if (attempt > 100) throw error;
    }
  }
}

interface GuestShell {
  ready(limitMs: number): Promise<void>;
  run(command: string, limitMs: number): Promise<GuestAnswer>;
}

function guestShell(socket: Socket): GuestShell {
  let number = 0;
  const listeners = new Set<(line: string) => void>();
  createInterface({ input: socket }).on('line', (line) => {
    for (const listener of listeners) listener(line.trim());
  });
  const until = (limitMs: number, what: string, isDone: (line: string) => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        listeners.delete(listen);
        reject(new Error(`the guest did not answer within ${String(limitMs)} ms: ${what}`));
      }, limitMs);
      const listen = (line: string): void => {
        if (!isDone(line)) return;
        clearTimeout(timer);
        listeners.delete(listen);
        resolve();
      };
      listeners.add(listen);
    });
  return {
    ready: (limitMs) => until(limitMs, 'boot', (line) => line.endsWith('GUEST-READY')),
    async run(command, limitMs) {
      number += 1;
      const id = String(number);
      const encoded: string[] = [];
      let isInside = false;
      let code = -1;
      const answered = until(limitMs, command, (line) => {
        if (line === `BEGIN-${id}`) isInside = true;
        else if (line.startsWith(`END-${id} `)) code = Number(line.split(' ')[1]);
        else if (isInside) encoded.push(line);
        return code !== -1;
      });
      socket.write(`${id} ${Buffer.from(command).toString('base64')}\n`);
      await answered;
      return { code, output: Buffer.from(encoded.join(''), 'base64').toString() };
    },
  };
}

async function connectWhenThere(path: string): Promise<Socket> {
  for (let attempt = 0; ; attempt += 1) {
    const socket = createConnection(path);
    try {
      await once(socket, 'connect');
      return socket;
    } catch (error) {
      if (attempt > 100) throw error;
      await pause(100);
    }
  }
}

async function stop(machine: ChildProcess): Promise<void> {
  if (machine.exitCode !== null || machine.signalCode !== null) return;
  const ended = once(machine, 'exit');
  machine.kill('SIGKILL');
  await ended;
}

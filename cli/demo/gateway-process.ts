import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { AppError } from '#core/base/index.ts';
import type { DemoGateway } from './story.ts';

const GANTRY = fileURLToPath(new URL('../bin.mjs', import.meta.url));

/** An agent gets this long to end by itself before it is killed. */
const STOP_GRACE_MS = 5_000;

/** Enrols a gateway through the agent's own command, as a field engineer would. */
export async function enrolGateway(options: { name: string; dir: string; code: string; stationUrl: string }): Promise<void> {
  const { name, dir } = options;
  await mkdir(dir, { recursive: true });
  const enrol = run(['agent', 'enrol', '--station', options.stationUrl, '--code', options.code, '--dir', dir], logPathOf(dir));
  const [exitCode] = (await once(enrol, 'exit')) as [number | null];
  if (exitCode !== 0) throw new AppError('ENROLMENT_REQUEST_INVALID', `enrolment of ${name} ended with exit code ${String(exitCode)}; its output is in ${logPathOf(dir)}`, { name });
}

/** Runs an enrolled gateway's agent as a process of its own, with its output beside its data. */
export function startGatewayProcess(options: { name: string; dir: string }): DemoGateway {
  const agent = run(['agent', 'run', '--dir', options.dir, '--port', '0'], logPathOf(options.dir));
  return { name: options.name, stop: () => stopProcess(agent) };
}

function logPathOf(dir: string): string {
  return join(dir, 'agent.log');
}

function run(args: readonly string[], logPath: string): ChildProcess {
  const log = createWriteStream(logPath, { flags: 'a' });
  const child = spawn(process.execPath, [GANTRY, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  child.on('close', () => log.end());
  return child;
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
  await ended;
  clearTimeout(timer);
}

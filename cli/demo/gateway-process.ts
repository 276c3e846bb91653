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

/** Enrols and runs a gateway's agent as real processes of their own, with their output beside their data. */
export async function startGatewayProcess(options: { name: string; dir: string; code: string; stationUrl: string }): Promise<DemoGateway> {
  const { name, dir } = options;
  await mkdir(dir, { recursive: true });
  const logPath = join(dir, 'agent.log');
  const enrol = run(['agent', 'enrol', '--station', options.stationUrl, '--code', options.code, '--dir', dir], logPath);
  const [exitCode] = (await once(enrol, 'exit')) as [number | null];
  if (exitCode !== 0) throw new AppError('ENROLMENT_REQUEST_INVALID', `enrolment of ${name} ended with exit code ${String(exitCode)}; its output is in ${logPath}`, { name });
  const agent = run(['agent', 'run', '--dir', dir, '--port', '0'], logPath);
  return { name, stop: () => stopProcess(agent) };
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

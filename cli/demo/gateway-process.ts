import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { dirname } from 'node:path';
import { AppError } from '#core/base/index.ts';
import type { DemoGateway } from './story.ts';

/** The agent as source in a checkout, or the one bundled file of an installed station. */
const AGENT_PLACES = ['../../agent/main.ts', '../agent/gantry-agent.mjs'].map((place) =>
  fileURLToPath(new URL(place, import.meta.url)),
);

/** An agent gets this long to end by itself before it is killed. */
const STOP_GRACE_MS = 5_000;

/** Enrols a gateway with the agent's own program, as a field engineer would. */
export async function enrolGateway(options: {
  name: string;
  dir: string;
  code: string;
  stationUrl: string;
}): Promise<void> {
  const { name, dir } = options;
  await mkdir(dirname(dir), { recursive: true });
  const enrol = run(['enrol', '--station', options.stationUrl, '--code', options.code, '--dir', dir], logPathOf(dir));
  const [exitCode] = (await once(enrol, 'exit')) as [number | null];
  if (exitCode !== 0)
    throw new AppError(
      'ENROLMENT_REQUEST_INVALID',
      `enrolment of ${name} ended with exit code ${String(exitCode)}; its output is in ${logPathOf(dir)}`,
      { name },
    );
}

/**
 * Runs an enrolled gateway's agent as a process of its own, with its output in a file beside its folder. It ends with this process
 * even when that is killed: the next start would otherwise run a second agent on the same folder.
 */
export function startGatewayProcess(options: { name: string; dir: string }): DemoGateway {
  const agent = run(['run', '--dir', options.dir, '--port', '0', '--stop-with-input'], logPathOf(options.dir));
  return { name: options.name, stop: () => stopProcess(agent) };
}

function agentFile(): string {
  const found = AGENT_PLACES.find((place) => existsSync(place));
  if (found === undefined)
    throw new AppError('NOT_FOUND', 'this installation has no agent to demonstrate with', { places: AGENT_PLACES });
  return found;
}

function logPathOf(dir: string): string {
  return `${dir}.log`;
}

function run(args: readonly string[], logPath: string): ChildProcess {
  const log = createWriteStream(logPath, { flags: 'a' });
  const child = spawn(process.execPath, [agentFile(), ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
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

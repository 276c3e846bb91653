import { parseArgs } from 'node:util';
import { toAppError } from '#core/base/index.ts';
import { ERROR_CATALOGUE } from '#contracts/errors/index.ts';
import { AGENT_DEFAULTS } from './compose.ts';
import { runUntilStopped } from './run-until-stopped.ts';

const USAGE = `gantry-agent enrol --station URL --code CODE --dir DIR
gantry-agent run --dir DIR [--host H] [--port N] [--metrics-interval SECONDS] [--stop-with-input]
`;

/** The command line of the bundled agent: exit code 0 done, 1 failed, 2 wrong usage. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  try {
    const { positionals, values } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        station: { type: 'string' },
        code: { type: 'string' },
        dir: { type: 'string' },
        host: { type: 'string' },
        port: { type: 'string' },
        'metrics-interval': { type: 'string' },
        'stop-with-input': { type: 'boolean' },
      },
    });
    const [verb] = positionals;
    if (verb === 'enrol' && values.station !== undefined && values.code !== undefined && values.dir !== undefined) {
      const { enrol } = await import('./identity/enrol.ts');
      const identity = await enrol({ stationUrl: values.station, code: values.code, directory: values.dir });
      process.stdout.write(`enrolled as ${identity.device} at ${identity.siteName}\n`);
      return 0;
    }
    if (verb === 'run' && values.dir !== undefined) {
      const seconds = values['metrics-interval'];
      const options = {
        ...AGENT_DEFAULTS,
        directory: values.dir,
        host: values.host ?? AGENT_DEFAULTS.host,
        port: Number(values.port ?? AGENT_DEFAULTS.port),
        metricsIntervalMs: seconds === undefined ? AGENT_DEFAULTS.metricsIntervalMs : Number(seconds) * 1000,
        log: logLine,
      };
      await runUntilStopped(options, { withInput: values['stop-with-input'] === true });
      return 0;
    }
  } catch (error) {
    const failure = toAppError(error);
    const { what, unchanged, next } = ERROR_CATALOGUE[failure.code];
    process.stderr.write(`${failure.code}: ${failure.message}\n${what} ${unchanged} ${next}\n`);
    return failure.code === 'INTERNAL' ? 1 : 4;
  }
  process.stderr.write(USAGE);
  return 2;
}

/** One line for the journal. */
export function logLine(message: string): void {
  process.stderr.write(`${new Date().toISOString()} ${message.replaceAll(/[\r\n]+/g, ' | ')}\n`);
}

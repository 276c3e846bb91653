import type { Command } from 'commander';
import { AppError } from '#core/base/index.ts';
import type { CliIo } from '../output/index.ts';

interface EnrolOptions {
  readonly station: string;
  readonly code: string;
  readonly dir: string;
  readonly json?: true;
}

interface RunOptions {
  readonly dir: string;
  readonly host: string;
  readonly port: string;
  readonly metricsInterval: string;
  readonly samplesPerMinute: string;
}

/** `gantry agent`: the gateway program. The bundled `gantry-agent.mjs` takes the same arguments. */
export function registerAgent(program: Command, io: CliIo): void {
  const agent = program.command('agent').description('The gateway program: enrol this machine, and run');
  agent
    .command('enrol')
    .description('Enrol this machine at a station. The station proves itself with the code before anything is sent')
    .requiredOption('--station <url>', 'address of the device port, https://…')
    .requiredOption('--code <code>', 'one-time code from the Fleet screen or `gantry fleet add`')
    .requiredOption('--dir <folder>', 'new folder for the key and the models of this device')
    .option('--json', 'print one JSON document')
    .action(async ({ station, code, dir, json }: EnrolOptions) => {
      const { enrol } = await import('#agent/identity/enrol.ts');
      const { device, site, siteName } = await enrol({ stationUrl: station, code, directory: dir });
      if (json === true) io.json({ device, site, siteName, dir });
      else io.out(`Enrolled as ${device} at ${siteName}. Start it with: gantry agent run --dir ${dir}`);
    });
  agent
    .command('run')
    .description('Run the gateway program until it is stopped')
    .requiredOption('--dir <folder>', 'folder that `agent enrol` made')
    .option('--host <address>', 'address of the model server', '127.0.0.1')
    .option('--port <n>', 'port of the model server; 0 takes a free one', '8500')
    .option('--metrics-interval <seconds>', 'how often telemetry leaves', '5')
    .option('--samples-per-minute <n>', 'most samples that go to review in a minute', '30')
    .action(async (options: RunOptions) => {
      const [{ runUntilStopped }, { AGENT_DEFAULTS }, { logLine }] = await Promise.all([
        import('#agent/run-until-stopped.ts'),
        import('#agent/compose.ts'),
        import('#agent/program.ts'),
      ]);
      await runUntilStopped({
        ...AGENT_DEFAULTS,
        directory: options.dir,
        host: options.host,
        port: numberOf('--port', options.port, { least: 0, most: 65_535 }),
        metricsIntervalMs: numberOf('--metrics-interval', options.metricsInterval, { least: 0.1, most: 3600 }) * 1000,
        samplesPerMinute: numberOf('--samples-per-minute', options.samplesPerMinute, { least: 0, most: 6000 }),
        log: logLine,
      });
    });
}

function numberOf(option: string, text: string, { least, most }: { least: number; most: number }): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < least || value > most)
    throw new AppError(
      'USAGE_INVALID',
      `${option} must be a number from ${String(least)} to ${String(most)}, it is ${text}`,
      { option },
    );
  return value;
}

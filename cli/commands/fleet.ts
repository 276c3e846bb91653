import { readFile, stat } from 'node:fs/promises';
import type { Command } from 'commander';
import type { DeviceView, EnrolmentCodeView } from '#contracts/device.ts';
import { AppError, MIB, toIsoUtc } from '#core/base/index.ts';
import { readDeviceCsv, type PlannedDevice } from '#core/fleet/index.ts';
import { withSite } from '#cli/compose.ts';
import type { CliIo } from '#cli/output/index.ts';

const CSV_LIMIT_BYTES = 2 * MIB;

interface SiteOptions {
  readonly site: string;
  readonly json?: boolean;
}
interface CodeOptions extends SiteOptions {
  readonly validMinutes: string;
}
interface AddOptions extends CodeOptions {
  readonly name: string;
  readonly line: string;
  readonly cell: string;
  readonly redundancyGroup?: string;
  readonly safety?: boolean;
}

/** `gantry fleet`: devices and topology of a site. */
export function registerFleet(program: Command, io: CliIo): void {
  const fleet = program.command('fleet').description('devices of a site');
  registerReading(fleet, io);
  registerEnrolling(fleet, io);
  withSiteOption(fleet.command('revoke <device>').description('refuse this device from now on'))
    .requiredOption('--reason <text>', 'why; it is recorded')
    .action(async (device: string, options: SiteOptions & { reason: string }) => {
      await withSite(options.site, io, ({ services, person }) => services.fleet.revoke(device, options.reason, person));
      show(io, options, { device, revoked: true }, `${device} is refused from now on. Its running model is unchanged.`);
    });
}

function registerReading(fleet: Command, io: CliIo): void {
  withSiteOption(fleet.command('list').description('every device with its NE 107 status')).action(
    async (options: SiteOptions) => {
      const devices = await withSite(options.site, io, ({ services }) => Promise.resolve(services.fleet.list()));
      show(
        io,
        options,
        { devices },
        devices.length === 0
          ? 'No device is enrolled yet. Create a code with `gantry fleet add`.'
          : devices.map(deviceLine).join('\n'),
      );
    },
  );
  withSiteOption(fleet.command('show <device>').description('one device')).action(
    async (device: string, options: SiteOptions) => {
      const view = await withSite(options.site, io, ({ services }) => Promise.resolve(services.fleet.get(device)));
      show(io, options, view, deviceText(view));
    },
  );
}

function registerEnrolling(fleet: Command, io: CliIo): void {
  withSiteOption(
    fleet.command('add').description('create a one-time code and print the command that enrols the device'),
  )
    .requiredOption('--name <text>', 'name of the device')
    .requiredOption('--line <text>', 'line that it belongs to')
    .option('--cell <text>', 'cell of the line', '')
    .option('--redundancy-group <text>', 'devices of one group are never changed together')
    .option('--safety', 'the device is part of a safety function')
    .option('--valid-minutes <n>', 'how long the code may be used', '60')
    .action(async (options: AddOptions) => {
      const { name, line, cell, redundancyGroup = null, safety = false } = options;
      const [code] = await createCodes(io, options, [{ name, line, cell, redundancyGroup, safety }]);
      if (code !== undefined)
        show(
          io,
          options,
          code,
          `Run this on the device before ${toIsoUtc(code.expiresAt)}:\n\n  ${code.command}\n\nThe code works once and is not shown again.`,
        );
    });
  withSiteOption(
    fleet
      .command('import-csv <file>')
      .description('create a one-time code for every row (name,line[,cell,redundancyGroup,safety])'),
  )
    .option('--valid-minutes <n>', 'how long the codes may be used', '1440')
    .action(async (file: string, options: CodeOptions) => {
      const codes = await createCodes(io, options, await readPlan(file));
      show(io, options, { codes }, codes.map((code) => `${code.name}\t${code.line}\t${code.command}`).join('\n'));
    });
}

function withSiteOption(command: Command): Command {
  return command.requiredOption('--site <dir>', 'folder of the site').option('--json', 'print one JSON document');
}

/** One JSON document, or text for people; never both. */
function show(io: CliIo, options: SiteOptions, json: unknown, text: string): void {
  if (options.json === true) io.json(json);
  else io.out(text);
}

function createCodes(io: CliIo, options: CodeOptions, planned: readonly PlannedDevice[]): Promise<EnrolmentCodeView[]> {
  const validMinutes = Number(options.validMinutes);
  if (!Number.isInteger(validMinutes) || validMinutes < 1 || validMinutes > 1440) {
    throw new AppError(
      'USAGE_INVALID',
      `--valid-minutes must be a whole number from 1 to 1440, it is ${options.validMinutes}`,
      { validMinutes: options.validMinutes },
    );
  }
  return withSite(options.site, io, ({ services, person }) =>
    Promise.resolve(planned.map((device) => services.fleet.createCode({ ...device, validMinutes }, person))),
  );
}

/** Untrusted: a list from somebody's spreadsheet. */
async function readPlan(file: string): Promise<PlannedDevice[]> {
  const { size } = await stat(file).catch((cause: unknown) => {
    throw new AppError('NOT_FOUND', `there is no list ${file}`, { file }, { cause });
  });
  if (size > CSV_LIMIT_BYTES)
    throw new AppError('INPUT_TOO_LARGE', `${file} is larger than ${String(CSV_LIMIT_BYTES)} bytes`, {
      file,
      sizeBytes: size,
    });
  const { devices, findings } = readDeviceCsv(await readFile(file, 'utf8'));
  if (findings.length > 0) {
    const sentences = findings.map((finding) => `${finding.at}: ${finding.message}`);
    throw new AppError('INPUT_MALFORMED', `${file} cannot be imported:\n${sentences.join('\n')}`, {
      file,
      findings: sentences,
    });
  }
  return devices;
}

function deviceLine(device: DeviceView): string {
  return `${device.ne107.padEnd(8)}${device.id.padEnd(24)}${device.line.padEnd(16)}${device.ne107Reason}`;
}

function deviceText(device: DeviceView): string {
  const rows: [string, string][] = [
    ['id', device.id],
    ['name', device.name],
    ['line', device.cell === '' ? device.line : `${device.line} / ${device.cell}`],
    ['status', `${device.ne107}: ${device.ne107Reason}`],
    ['last seen', device.lastSeenAt === null ? 'never' : toIsoUtc(device.lastSeenAt)],
    ['certificate', `${device.certificate.fingerprint}, until ${toIsoUtc(device.certificate.notAfter)}`],
    ['wanted', `generation ${String(device.desiredGeneration)}`],
    [
      'reported',
      device.reported === null
        ? 'nothing yet'
        : `generation ${String(device.reported.generation)}, ${device.reported.state}`,
    ],
  ];
  return rows.map(([name, value]) => `${name.padEnd(13)}${value}`).join('\n');
}

import { join } from 'node:path';
import type { Command } from 'commander';
import { AppError } from '#core/base/index.ts';
import { FIRST_SITE, type StationHost } from '#electron/station-host/compose.ts';
import { createHttpShell, type HttpShell } from '#native/http-shell/index.ts';
import { readKeyText } from '#native/keys/index.ts';
import { createSocketRpc } from '#native/rpc/index.ts';
import { findBrowser, hasScreen, openAppWindow } from '../app-window.ts';
import { openStation } from '../compose.ts';
import { createDemoRunner, type TellingDemoRunner } from '../demo/demo-runner.ts';
import { demoSourceChoice } from '../demo/demo-source.ts';
import type { CliIo } from '../output/index.ts';
import { pageFolder } from '../page-folder.ts';

interface ServeOptions {
  readonly site: string;
  readonly port: string;
  readonly host: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly open?: boolean;
  readonly create?: boolean;
  readonly deviceHost?: string;
  readonly devicePort?: string;
  readonly mqttPort?: string;
  readonly demoSource: string;
  readonly json?: boolean;
}

/** `gantry serve`: the station host with its browser shell, until it is told to stop. */
export function registerServe(program: Command, io: CliIo): void {
  program
    .command('serve')
    .description('Run the station of a site and serve its screens to a browser on this machine')
    .requiredOption('--site <dir>', 'folder of the site')
    .option('--port <n>', 'port of the page; 0 takes a free one', '0')
    .option('--host <address>', 'address of the page; other machines need TLS', '127.0.0.1')
    .option('--tls-cert <file>', 'certificate chain (PEM) of the page, for --host on the site network')
    .option('--tls-key <file>', 'private key (PEM) of that certificate')
    .option('--open', 'open the page as an app window')
    .option('--create', 'make the site when the folder holds none')
    .option('--device-host <address>', 'address under which gateways reach this station; kept for the site')
    .option('--device-port <n>', 'HTTPS port for gateways; kept for the site')
    .option('--mqtt-port <n>', 'MQTT port for gateways; kept for the site')
    .option('--demo-source <source>', 'what the demonstration is told with, as for `gantry demo --source`', 'auto')
    .option('--json', 'print one JSON document with the start link')
    .action(async (options: ServeOptions) => {
      await serve(options, io);
    });
}

async function serve(options: ServeOptions, io: CliIo): Promise<void> {
  // First of all, so that a station that cannot show its page does not touch the site.
  const dist = pageFolder();
  const demoSource = demoSourceChoice('--demo-source', options.demoSource);
  const tls = await tlsIdentity(options);
  let demo: TellingDemoRunner | null = null;
  const host = await openStation(
    {
      siteDir: options.site,
      ...(options.create === true ? { create: FIRST_SITE } : {}),
      ...(options.deviceHost === undefined ? {} : { host: options.deviceHost }),
      ...(options.devicePort === undefined ? {} : { devicePort: portNumber(options.devicePort) }),
      ...(options.mqttPort === undefined ? {} : { mqttPort: portNumber(options.mqttPort) }),
      demo: (site) => (demo = createDemoRunner(site, demoSource)),
    },
    io,
  );
  const sockets = createSocketRpc({
    router: host.router,
    createContext: (session) => host.createContext(session),
    onFailure: (error) => void host.log.failure(error, 'page connection'),
  });
  try {
    const shell = await createHttpShell({
      dist,
      sockets,
      clock: io.clock,
      ids: io.ids,
      host: options.host,
      port: portNumber(options.port),
      ...(tls === null ? {} : { tls }),
      onRefusal: (error) => {
        host.log.warn('request refused', { code: error.code, details: error.details });
      },
    });
    await (demo as TellingDemoRunner | null)?.revive();
    try {
      await announceAndWait({ options, io, host, shell });
    } finally {
      await shell.close();
    }
  } finally {
    await sockets.close();
    await host.close();
  }
}

async function announceAndWait(running: {
  options: ServeOptions;
  io: CliIo;
  host: StationHost;
  shell: HttpShell;
}): Promise<void> {
  const { options, io, host, shell } = running;
  const url = shell.issueStartToken();
  if (options.json === true) io.json({ url, site: options.site, log: host.log.path });
  else {
    io.out(`Station ${host.services.site.name()} is running. Its log is ${host.log.path}`);
    io.out(`Open this link once, within ten minutes: ${url}`);
  }
  const stopped = untilToldToStop();
  const browser =
    options.open === true && hasScreen(process.env, process.platform) ? findBrowser(process.env) : undefined;
  if (browser === undefined) {
    if (options.open === true)
      io.err(
        'There is no screen or no Chromium, Chrome or Edge on this machine: open the link yourself. Ctrl+C stops the station.',
      );
    await stopped;
    return;
  }
  const window = openAppWindow(browser, {
    url,
    profileDir: join(options.site, 'window-profile'),
    isRoot: process.getuid?.() === 0,
  });
  await Promise.race([stopped, window.closed]);
  window.close();
}

/** Both files or none; readKeyText bounds what it reads. */
async function tlsIdentity({ tlsCert, tlsKey }: ServeOptions): Promise<{ cert: string; key: string } | null> {
  if (tlsCert === undefined && tlsKey === undefined) return null;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new AppError('USAGE_INVALID', '--tls-cert and --tls-key belong together', {});
  }
  return { cert: await readKeyText(tlsCert), key: await readKeyText(tlsKey) };
}

function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => {
        resolve();
      });
  });
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new AppError('USAGE_INVALID', `a port is a number from 0 to 65535, not ${text}`, { port: text });
  return port;
}

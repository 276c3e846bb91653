import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  app,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  protocol,
  safeStorage,
  session,
  utilityProcess,
  type BrowserWindow,
  type IpcMainInvokeEvent,
  type MessagePortMain,
  type WebFrameMain,
} from 'electron';
import type { HostCommand, SiteSecret } from '#contracts/desktop.ts';
import { errorEntry, isErrorCode } from '#contracts/errors/index.ts';
import type { WireError } from '#contracts/primitives.ts';
import { APP_SCHEME, DESKTOP_CHANNELS } from '#contracts/rpc.ts';
import { toAppError, type Clock, type IdSource } from '#core/base/index.ts';
import { APP_SCHEMES, createAppPage } from './app-page.ts';
import { createCheckedHandlers } from './checked-handlers.ts';
import { connectPage } from './connect-page.ts';
import { openMainWindow } from './main-window.ts';
import { safeStorageKeychain } from './os-keychain.ts';
import { siteSecret } from './site-secret.ts';
import { guardNavigation } from './navigation-guards.ts';
import { denyForeignTrust, lockSession } from './session-lockdown.ts';
import { StationSupervisor } from './station-supervisor.ts';

/** dist/electron, beside the preload, the station host and, one level up, the built page. */
const HERE = import.meta.dirname;

const clock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }),
};
const ids: IdSource = {
  next: () => randomBytes(13).toString('hex'),
  random: (bytes) => new Uint8Array(randomBytes(bytes)),
};

let mainWindow: BrowserWindow | null = null;

protocol.registerSchemesAsPrivileged(APP_SCHEMES);
app.enableSandbox();
// Belt and braces of an application that never needs a network: the page cannot even resolve a name.
app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
app.commandLine.appendSwitch('disable-background-networking');
app.commandLine.appendSwitch('disable-component-update');

if (app.requestSingleInstanceLock()) run();
else app.quit();

function run(): void {
  const devTools = !app.isPackaged;
  let secret: SiteSecret = { origin: 'site', passphrase: null };
  const station = new StationSupervisor<MessagePortMain>({
    fork: () => {
      const child = utilityProcess.fork(join(HERE, 'station-host.js'), ['--site', siteFolder()], {
        serviceName: 'Gantry station',
        stdio: 'inherit',
      });
      child.postMessage({ kind: 'open-site', secret } satisfies HostCommand);
      return child;
    },
    clock,
    ids,
    onLost: (exitCode) => {
      report('station process ended', String(exitCode));
      mainWindow?.webContents.send(DESKTOP_CHANNELS.lost);
    },
    onStartFailed: showStartFailure,
  });
  denyForeignTrust(app);
  app.on('web-contents-created', (_event, contents) => {
    guardNavigation(contents, report);
  });
  app.on('second-instance', () => {
    mainWindow?.restore();
    mainWindow?.focus();
  });
  app.on('window-all-closed', () => {
    void station.stop().finally(() => {
      app.exit(0);
    });
  });
  void app.whenReady().then(async () => {
    Menu.setApplicationMenu(null);
    lockSession(session.defaultSession, { devTools, onRefusal: report });
    protocol.handle(APP_SCHEME, createAppPage(join(HERE, '../renderer')));
    try {
      secret = await siteSecret(siteFolder(), safeStorageKeychain(safeStorage), process.env['GANTRY_PASSPHRASE_FILE']);
    } catch (error) {
      showStartFailure(wireErrorOf(error));
      return;
    }
    station.start();
    connectPage(
      createCheckedHandlers<WebFrameMain, IpcMainInvokeEvent>(ipcMain, () => mainWindow?.webContents.id ?? null),
      { station, createPorts: () => new MessageChannelMain(), askForFolder },
    );
    mainWindow = openMainWindow({
      preload: join(HERE, 'preload.cjs'),
      stateFile: join(app.getPath('userData'), 'window.json'),
      devTools,
    });
    mainWindow.on('closed', () => {
      mainWindow = null;
    });
  });
}

/** A site of the person's own unless one is named, as in `GANTRY_SITE=/srv/plant-7 gantry-desktop`. */
function siteFolder(): string {
  return process.env['GANTRY_SITE'] ?? join(app.getPath('userData'), 'site');
}

async function askForFolder(): Promise<string | null> {
  if (mainWindow === null) return null;
  const { canceled, filePaths } = await dialog.showOpenDialog(mainWindow, { properties: ['openDirectory'] });
  return canceled ? null : (filePaths[0] ?? null);
}

/** The station cannot work on this site: say why, and end when trying again cannot help. */
function showStartFailure(error: WireError): void {
  const entry = errorEntry(isErrorCode(error.code) ? error.code : 'INTERNAL');
  dialog.showErrorBox('Gantry', `${entry.what}\n${entry.unchanged}\n${entry.next}\n\n${error.code}: ${error.message}`);
  if (entry.retry !== 'later') app.exit(1);
}

function wireErrorOf(error: unknown): WireError {
  const { code, message, details } = toAppError(error);
  return { code, message, details: { ...details } };
}

/** Refusals of the shell are for whoever reads its output; the station keeps the records that count. */
function report(what: string, subject: string): void {
  process.stderr.write(`desktop shell: ${what} ${subject.slice(0, 200)}\n`);
}

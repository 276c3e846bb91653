import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Names under which Chromium, Chrome and Edge are installed. */
const BROWSER_NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'msedge',
  'chrome.exe',
  'msedge.exe',
];

/** Browsers that do not put themselves on the PATH. */
const KNOWN_PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** The browser that can show an app window, or undefined. `CHROMIUM` in the environment wins. */
export function findBrowser(
  env: NodeJS.ProcessEnv,
  exists: (path: string) => boolean = existsSync,
): string | undefined {
  const onPath = (env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => BROWSER_NAMES.map((name) => join(folder, name)));
  return [env['CHROMIUM'] ?? '', ...onPath, ...KNOWN_PLACES].find((path) => path !== '' && exists(path));
}

/** Whether this machine has a screen that a window could open on. */
export function hasScreen(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean {
  return platform === 'win32' || platform === 'darwin' || Boolean(env['DISPLAY']) || Boolean(env['WAYLAND_DISPLAY']);
}

/** The arguments of an app window that talks to nobody but us and belongs to nobody but us. */
function appWindowArguments(options: { url: string; profileDir: string; isRoot: boolean }): string[] {
  return [
    `--app=${options.url}`,
    // An own profile keeps the process ours: its exit means that the window was closed.
    `--user-data-dir=${options.profileDir}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    '--window-size=1366,860',
    '--class=Gantry',
    // Chromium refuses to run its sandbox as root; the flag is for that case alone.
    ...(options.isRoot ? ['--no-sandbox'] : []),
  ];
}

/** Opens the page as an app window; `closed` resolves when the person closes it. */
export function openAppWindow(
  browser: string,
  options: { url: string; profileDir: string; isRoot: boolean },
): { closed: Promise<void>; close: () => void } {
  const child = spawn(browser, appWindowArguments(options), { stdio: 'ignore' });
  const closed = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
    child.once('error', () => {
      resolve();
    });
  });
  return { closed, close: () => child.kill('SIGTERM') };
}

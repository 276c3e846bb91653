import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** No byte for this long means that nothing will come: a plant network drops packets, it does not refuse. */
export const STALL_LIMIT_MS = 10_000;
const LOOK_EVERY_MS = 500;

/**
 * Fetches the Electron binary with Electron's own installer, which checks it against the checksums in the npm package.
 * Gives up when the bytes on disk have not grown for STALL_LIMIT_MS.
 */
export async function fetchElectron(
  root: string,
  options: { stallLimitMs?: number; installer?: string } = {},
): Promise<boolean> {
  // The installer downloads into the folder for temporary files: one of our own can be measured and removed.
  const temporary = await mkdtemp(join(tmpdir(), 'gantry-electron-'));
  const unpacked = join(root, 'node_modules', 'electron', 'dist');
  const child = spawn(process.execPath, [options.installer ?? join(root, 'node_modules', 'electron', 'install.js')], {
    stdio: 'ignore',
    env: { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary },
  });
  const watch = watchGrowth([temporary, unpacked], options.stallLimitMs ?? STALL_LIMIT_MS, () => child.kill());
  const isDone = await new Promise<boolean>((resolve) => {
    child.once('error', () => {
      resolve(false);
    });
    child.once('exit', (code) => {
      resolve(code === 0);
    });
  });
  watch.stop();
  await rm(temporary, { recursive: true, force: true });
  return isDone;
}

function watchGrowth(folders: readonly string[], stallLimitMs: number, onStall: () => void): { stop: () => void } {
  let lastBytes = -1;
  let lastGrowth = performance.now();
  const timer = setInterval(() => {
    void Promise.all(folders.map(folderBytes)).then((sizes) => {
      const bytes = sizes.reduce((sum, size) => sum + size, 0);
      if (bytes !== lastBytes) lastGrowth = performance.now();
      lastBytes = bytes;
      if (performance.now() - lastGrowth > stallLimitMs) onStall();
    });
  }, LOOK_EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
}

/** A file may vanish between listing and asking: then it has no bytes. */
async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        stat(join(entry.parentPath, entry.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

const memoryFile = (root: string): string => join(root, 'node_modules', '.cache', 'gantry', 'electron-fetch-failed-at');

/** Remembers a failed fetch in the checkout; a new `npm ci` forgets it. */
export async function rememberFetchFailure(root: string, now: number): Promise<void> {
  await mkdir(dirname(memoryFile(root)), { recursive: true });
  await writeFile(memoryFile(root), String(now));
}

/** When the last fetch failed, or null. */
export async function lastFetchFailure(root: string): Promise<number | null> {
  const text = await readFile(memoryFile(root), 'utf8').catch(() => '');
  return /^\d+$/.test(text) ? Number(text) : null;
}

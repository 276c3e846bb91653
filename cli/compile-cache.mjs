import { mkdirSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Keeps compiled code between starts: half of a cold start is parsing what did not change. The folder is the user's own: Node's
 * default lies in the shared temp folder, where another user could plant code.
 * @returns {void}
 */
export function keepCompiledCode() {
  if (process.platform === 'win32' || process.env['NODE_COMPILE_CACHE'] !== undefined) return;
  const dir = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'gantry', 'compiled');
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    module.enableCompileCache?.(dir);
  } catch {
    // Without a writable home a start is slower and otherwise the same.
  }
}

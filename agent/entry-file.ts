import { fileURLToPath } from 'node:url';

/**
 * The file that threads and children of the agent start. From source it is `main.ts` beside this file;
 * bundled, this module is part of the one file that is the program.
 */
export function agentEntryFile(): string {
  const here = fileURLToPath(import.meta.url);
  return here.endsWith('.ts') ? fileURLToPath(new URL('./main.ts', import.meta.url)) : here;
}

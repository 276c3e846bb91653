/** One thing that `npm run build` makes. */
export interface BuildProgram {
  readonly name: string;
  readonly config: string;
  /** Vite modes, built one after the other. */
  readonly modes: readonly string[];
  /** What the result depends on: folders and files from the repository's root. */
  readonly inputs: readonly string[];
  /** The file that must exist afterwards. */
  readonly result: string;
}

/** Everything that is bundled. The command line and the station behind `gantry serve` run from source. */
export const BUILD_PROGRAMS: readonly BuildProgram[] = [
  {
    name: 'renderer',
    config: 'vite.renderer.config.ts',
    modes: ['production'],
    inputs: ['renderer', 'docs/help', 'contracts', 'core', 'vite.renderer.config.ts', 'package-lock.json'],
    result: 'dist/renderer/index.html',
  },
  {
    name: 'electron',
    config: 'vite.electron.config.ts',
    modes: ['processes', 'preload'],
    inputs: ['electron', 'station', 'native', 'core', 'contracts', 'vite.electron.config.ts', 'package-lock.json'],
    result: 'dist/electron/main.js',
  },
  {
    name: 'agent',
    config: 'vite.agent.config.ts',
    modes: ['production'],
    inputs: ['agent', 'native', 'core', 'contracts', 'vite.agent.config.ts', 'package-lock.json'],
    result: 'dist/agent/gantry-agent.mjs',
  },
];

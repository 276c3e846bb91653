/** What the launcher found out about this machine. */
export interface Machine {
  readonly hasElectron: boolean;
  readonly hasScreen: boolean;
  /** When fetching Electron last failed, in milliseconds since 1970; null when it never did. */
  readonly fetchFailedAt: number | null;
  readonly now: number;
}

/** How to show the station: in Electron, after an attempt to fetch it, or through `gantry serve`. */
export type ShellDecision =
  | { readonly shell: 'electron' }
  | { readonly shell: 'fetch-electron' }
  | { readonly shell: 'browser'; readonly because: string };

/** After a failed fetch the next attempts wait a day: a plant machine will not find the internet by trying at each start. */
export const FETCH_AGAIN_AFTER_MS = 24 * 60 * 60_000;

/** Decides the shell. `gantry serve` itself falls back from app window to printed URL. */
export function decideShell(machine: Machine): ShellDecision {
  if (!machine.hasScreen) return { shell: 'browser', because: 'this machine has no screen' };
  if (machine.hasElectron) return { shell: 'electron' };
  const sinceFailure = machine.fetchFailedAt === null ? Infinity : machine.now - machine.fetchFailedAt;
  // A clock that was set back must not forbid the fetch for years.
  if (sinceFailure >= 0 && sinceFailure < FETCH_AGAIN_AFTER_MS)
    return { shell: 'browser', because: 'Electron is not here and could not be fetched less than a day ago' };
  return { shell: 'fetch-electron' };
}

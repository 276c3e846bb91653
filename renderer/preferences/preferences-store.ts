import { create } from 'zustand';
import { createJSONStorage, persist, type StateStorage } from 'zustand/middleware';

export const THEMES = ['dark', 'light', 'system'] as const;
export type Theme = (typeof THEMES)[number];

export const DENSITIES = ['desk', 'touch', 'glove'] as const;
export type Density = (typeof DENSITIES)[number];

export const TIME_ZONES = ['local', 'utc'] as const;
export type TimeZoneChoice = (typeof TIME_ZONES)[number];

export interface Preferences {
  readonly theme: Theme;
  readonly density: Density;
  readonly timeZone: TimeZoneChoice;
}

interface PreferencesStore extends Preferences {
  choose(change: Partial<Preferences>): void;
}

/** Screens wake up in the dark of a control room, at a desk, in the plant's own time. */
export const DEFAULT_PREFERENCES: Preferences = { theme: 'dark', density: 'desk', timeZone: 'local' };

/** Keeps only values that this release knows: stored preferences outlive releases. */
export function parsePreferences(stored: unknown): Preferences {
  if (typeof stored !== 'object' || stored === null) return DEFAULT_PREFERENCES;
  const known = <T extends string>(value: unknown, allowed: readonly T[], fallback: T): T =>
    allowed.find((one) => one === value) ?? fallback;
  const { theme, density, timeZone } = { theme: undefined, density: undefined, timeZone: undefined, ...stored };
  return {
    theme: known(theme, THEMES, DEFAULT_PREFERENCES.theme),
    density: known(density, DENSITIES, DEFAULT_PREFERENCES.density),
    timeZone: known(timeZone, TIME_ZONES, DEFAULT_PREFERENCES.timeZone),
  };
}

/** A page without storage (private window, policy) still works; it only forgets. */
const forgetful: StateStorage = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };

function browserStorage(): StateStorage {
  try {
    return globalThis.localStorage;
  } catch {
    // Reading `localStorage` itself throws where storage is forbidden; forgetting is the agreed behaviour.
    return forgetful;
  }
}

/** Looks and time zone of this person on this machine. */
export const usePreferences = create<PreferencesStore>()(
  persist((set) => ({ ...DEFAULT_PREFERENCES, choose: (change) => set(change) }), {
    name: 'gantry.preferences',
    storage: createJSONStorage(browserStorage),
    partialize: ({ theme, density, timeZone }) => ({ theme, density, timeZone }),
    merge: (stored, current) => ({ ...current, ...parsePreferences(stored) }),
  }),
);

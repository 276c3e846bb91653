import { useEffect, useSyncExternalStore } from 'react';
import { usePreferences, type Theme } from './preferences-store.ts';

const LIGHT_QUERY = '(prefers-color-scheme: light)';

/** What the page shows for a choice, given what the operating system prefers. */
export function resolveTheme(theme: Theme, systemIsLight: boolean): 'dark' | 'light' {
  if (theme !== 'system') return theme;
  return systemIsLight ? 'light' : 'dark';
}

function useSystemIsLight(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = matchMedia(LIGHT_QUERY);
      media.addEventListener('change', changed);
      return () => media.removeEventListener('change', changed);
    },
    () => matchMedia(LIGHT_QUERY).matches,
  );
}

/** The theme on screen now; charts and the grid re-create themselves when it changes. */
export function useShownTheme(): 'dark' | 'light' {
  const theme = usePreferences((state) => state.theme);
  return resolveTheme(theme, useSystemIsLight());
}

/** Puts the choices on `<html>`, where iX and our style sheets read them. */
export function useApplyPreferences(): void {
  const theme = useShownTheme();
  const density = usePreferences((state) => state.density);
  useEffect(() => {
    document.documentElement.dataset['ixColorSchema'] = theme;
    document.documentElement.dataset['density'] = density;
  }, [theme, density]);
}

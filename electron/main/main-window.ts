import { BrowserWindow, screen } from 'electron';
import { APP_PAGE_URL } from './app-page.ts';
import { secureWindowOptions } from './secure-window-options.ts';
import { placeWindow, readWindowState, writeWindowState } from './window-state.ts';

export interface MainWindowOptions {
  readonly preload: string;
  readonly stateFile: string;
  readonly devTools: boolean;
}

/** Opens the one window of the desktop shell, where it was last time. */
export function openMainWindow({ preload, stateFile, devTools }: MainWindowOptions): BrowserWindow {
  const workAreas = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map((display) => display.workArea);
  const { isMaximized, ...bounds } = placeWindow(readWindowState(stateFile), workAreas);
  const window = new BrowserWindow(secureWindowOptions({ preload, bounds, devTools }));
  if (isMaximized) window.maximize();
  window.once('ready-to-show', () => {
    window.show();
  });
  window.on('close', () => {
    writeWindowState(stateFile, { ...window.getNormalBounds(), isMaximized: window.isMaximized() });
  });
  void window.loadURL(APP_PAGE_URL);
  return window;
}

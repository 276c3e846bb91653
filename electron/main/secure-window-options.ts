import type { BrowserWindowConstructorOptions, Rectangle } from 'electron';

export interface WindowRequest {
  /** Absolute path of the sandboxed preload script. */
  readonly preload: string;
  readonly bounds: Partial<Rectangle> & { readonly width: number; readonly height: number };
  /** Only for a checkout; a packaged application has none. */
  readonly devTools: boolean;
}

/**
 * The options of every window of the desktop shell; no other place makes a window.
 * Defaults are written out where a later Electron could change them.
 */
export function secureWindowOptions({ preload, bounds, devTools }: WindowRequest): BrowserWindowConstructorOptions {
  return {
    ...bounds,
    minWidth: 1024,
    minHeight: 640,
    show: false,
    title: 'Gantry',
    backgroundColor: '#000000',
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      plugins: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      // The spell checker fetches dictionaries from the network.
      spellcheck: false,
      devTools,
    },
  };
}

import { describe, expect, it } from 'vitest';
import { secureWindowOptions } from '#electron/main/secure-window-options.ts';

describe('secureWindowOptions', () => {
  it('equals the golden set, every safe default written out', () => {
    const options = secureWindowOptions({
      preload: '/app/preload.cjs',
      bounds: { x: 10, y: 20, width: 1366, height: 768 },
      devTools: false,
    });

    expect(options).toEqual({
      x: 10,
      y: 20,
      width: 1366,
      height: 768,
      minWidth: 1024,
      minHeight: 640,
      show: false,
      title: 'Gantry',
      backgroundColor: '#000000',
      autoHideMenuBar: true,
      webPreferences: {
        preload: '/app/preload.cjs',
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
        spellcheck: false,
        devTools: false,
      },
    });
  });
});

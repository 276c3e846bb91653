import { contextBridge, ipcRenderer } from 'electron';
import { APP_ORIGIN, BRIDGE_NAME, DESKTOP_CHANNELS, type DesktopBridge } from '#contracts/rpc.ts';

// Message ports cannot cross the context bridge; they reach the page as a window message to its own origin only.
ipcRenderer.on(DESKTOP_CHANNELS.port, (event) => {
  window.postMessage(DESKTOP_CHANNELS.port, APP_ORIGIN, event.ports);
});
ipcRenderer.on(DESKTOP_CHANNELS.lost, () => {
  window.postMessage(DESKTOP_CHANNELS.lost, APP_ORIGIN);
});

const bridge: DesktopBridge = {
  shell: 'desktop',
  connectStation: async () => {
    await ipcRenderer.invoke(DESKTOP_CHANNELS.connect);
  },
  chooseFolder: () => ipcRenderer.invoke(DESKTOP_CHANNELS.chooseFolder),
};

contextBridge.exposeInMainWorld(BRIDGE_NAME, bridge);

import { contextBridge, ipcRenderer } from 'electron';
import { TO_HOST, TO_PAGE } from '../shared/channels.ts';
import type { PageBridge } from '../shared/wire.ts';

/** The bridge and nothing else: messages of the contract, one channel each way. The host checks them. */
const bridge: PageBridge = {
  send: (message) => ipcRenderer.send(TO_HOST, message),
  subscribe: (listener) => {
    const hear = (_event: unknown, message: unknown) => listener(message);
    ipcRenderer.on(TO_PAGE, hear);
    return () => {
      ipcRenderer.off(TO_PAGE, hear);
    };
  },
};

contextBridge.exposeInMainWorld('spandrel', bridge);

import { BridgeHalf } from './bridge-half.ts';
import { fromText, toText } from './clone-text.ts';

/**
 * What a sandboxed preload script finds in its world: `require` with the parts of electron it may have. Run
 * right before the preload script; `standInSend` is the way to Node, which calls `standInDeliver`.
 */
declare const STAND_IN_TOKEN: string;

interface World {
  standInSend(text: string): void;
  standInDeliver(text: string): void;
  standInRequire?: (name: string) => unknown;
}
type Listener = (event: object, ...args: unknown[]) => void;

const world = globalThis as unknown as World;
const listeners = new Map<string, Listener[]>();

const port = document.createElement('div');
const half = new BridgeHalf(port, 'isolated');
dispatchEvent(new FocusEvent(STAND_IN_TOKEN, { relatedTarget: port }));

const ipcRenderer = {
  send(channel: string, ...args: unknown[]): void {
    let text: string;
    try {
      text = toText([channel, ...args]);
    } catch {
      throw new Error('An object could not be cloned.');
    }
    world.standInSend(text);
  },
  on(channel: string, listener: Listener) {
    listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
    return ipcRenderer;
  },
  off(channel: string, listener: Listener) {
    const all = listeners.get(channel) ?? [];
    const at = all.lastIndexOf(listener);
    listeners.set(channel, all.toSpliced(at, at < 0 ? 0 : 1));
    return ipcRenderer;
  },
};

const contextBridge = {
  exposeInMainWorld(key: string, api: unknown): void {
    half.call(0, [key, api]);
  },
};

world.standInDeliver = (text) => {
  const [channel, ...args] = fromText(text) as [string, ...unknown[]];
  for (const listener of listeners.get(channel) ?? []) listener({ sender: ipcRenderer, ports: [] }, ...args);
};

world.standInRequire = (name) => {
  if (name === 'electron') return { contextBridge, ipcRenderer };
  throw new Error(`module not found: ${name}`);
};

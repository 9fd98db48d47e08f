import { EventEmitter } from 'node:events';
import type { Protocol, Session } from 'electron';
import { app } from './app.ts';

type SchemeHandler = (request: Request) => Response | Promise<Response>;
type BeforeRequest = (details: { url: string }, answer: (response: { cancel?: boolean }) => void) => void;
type PermissionRequest = NonNullable<Parameters<Session['setPermissionRequestHandler']>[0]>;
type PermissionCheck = NonNullable<Parameters<Session['setPermissionCheckHandler']>[0]>;

const privileged = new Set<string>();
const handlers = new Map<string, SchemeHandler>();

export const protocol = {
  registerSchemesAsPrivileged(schemes) {
    if (app.isReady)
      throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    for (const { scheme, privileges } of schemes) {
      if (privileges?.standard !== true || privileges.secure !== true)
        throw new Error('the stand-in knows schemes that are standard and secure only');
      privileged.add(scheme);
    }
  },
  handle(scheme, handler) {
    if (!app.isReady) throw new Error('protocol.handle can only be used after app is ready');
    if (handlers.has(scheme)) throw new Error(`${scheme} has a handler`);
    handlers.set(scheme, handler as SchemeHandler);
  },
} satisfies Pick<Protocol, 'registerSchemesAsPrivileged' | 'handle'>;

/** Chromium loads no schemes it was not built with: `app://spandrel/` is `https://spandrel.app.test/` there. */
export function toBrowser(url: string): string {
  const [, scheme = '', host = '', rest = ''] = /^([a-z]+):\/\/([^/?#]*)(.*)$/s.exec(url) ?? [];
  return privileged.has(scheme) ? `https://${host}.${scheme}.test${rest}` : url;
}

/** The way back. */
export function toElectron(url: string): string {
  const [, host = '', scheme = '', rest = ''] = /^https:\/\/([^/?#]+)\.([a-z]+)\.test(.*)$/s.exec(url) ?? [];
  return privileged.has(scheme) ? `${scheme}://${host}${rest}` : url;
}

export function handlerOf(url: string): SchemeHandler | undefined {
  return handlers.get(url.split(':', 1)[0] ?? '');
}

class StandInSession extends EventEmitter {
  #beforeRequest: BeforeRequest | null = null;
  #request: PermissionRequest | null = null;
  #check: PermissionCheck | null = null;
  #device: (() => boolean) | null = null;
  spellChecker = true;

  readonly webRequest = {
    onBeforeRequest: (listener: BeforeRequest | null): void => {
      this.#beforeRequest = listener;
    },
  };

  setPermissionRequestHandler(handler: PermissionRequest | null): void {
    this.#request = handler;
  }
  setPermissionCheckHandler(handler: PermissionCheck | null): void {
    this.#check = handler;
  }
  setDevicePermissionHandler(handler: (() => boolean) | null): void {
    this.#device = handler;
  }
  setSpellCheckerEnabled(enable: boolean): void {
    this.spellChecker = enable;
  }

  /** Whether a request may go out. */
  allows(url: string): Promise<boolean> {
    const listener = this.#beforeRequest;
    if (listener === null) return Promise.resolve(true);
    return new Promise((resolve) => listener({ url }, ({ cancel }) => resolve(cancel !== true)));
  }

  /** What the check says that comes before asking. */
  checks(name: string, url: string): boolean {
    const details = { isMainFrame: true, requestingUrl: url };
    return this.#check?.(null, name as Parameters<PermissionCheck>[1], originOf(url), details) ?? true;
  }

  /** What the handlers say of a permission; without them Electron grants everything. */
  async permission(
    name: string,
    url: string,
  ): Promise<{ request: boolean; check: boolean; device: boolean }> {
    const permission = name as Parameters<PermissionRequest>[1];
    const details = { isMainFrame: true, requestingUrl: url };
    const request = await new Promise<boolean>((resolve) => {
      if (this.#request === null) resolve(true);
      else this.#request(null as never, permission, resolve, details);
    });
    return { request, check: this.checks(name, url), device: this.#device?.() ?? true };
  }
}

/** `app://spandrel/`: Electron gives an origin as a URL here. */
function originOf(url: string): string {
  const { protocol: scheme, host } = new URL(url);
  return `${scheme}//${host}/`;
}

export const session = { defaultSession: new StandInSession() };

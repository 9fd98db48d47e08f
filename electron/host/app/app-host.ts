import type { CommandName, EventName, Payload } from '../../../shared/contract.ts';
import type { Event } from '../../../shared/model/event.ts';
import type { PageSession, PageTransport } from '../api/page-session.ts';
import type { Log } from '../log.ts';

/** What a shell with windows of its own adds to a host. */
export interface ShellServices {
  /** The system's file picker; null: cancelled. */
  pickPath(options: { title: string; kind: 'open' | 'save'; suggestion: string }): Promise<string | null>;
  readonly tray: boolean;
}

export interface AppHostOptions {
  /** Where config, history, events and sockets are kept. */
  readonly stateDirectory: string;
  readonly log: Log;
  readonly version: string;
  readonly commit: string | null;
  readonly shell?: ShellServices;
}

/** Everything the app does, behind the contract: the one object main.ts and serve.ts make. */
export interface AppHost {
  /** Connect a page. Hand what it sends to `receive`, and call `close` when it is gone. */
  connect(transport: PageTransport): PageSession;
  /** Push an event to all pages. */
  broadcast<E extends EventName>(event: E, payload: Payload<E>): void;
  /** Hear of new events of the journal. @returns a disposer */
  onEvents(listener: (events: readonly Event[]) => void): () => void;
  /** Titles of jobs that run, for the question at quitting. */
  readonly runningJobs: readonly string[];
  readonly settings: import('../../../shared/model/settings.ts').Settings;
  /** Run a command as a page would, without a page: for menus. */
  readonly commands: readonly CommandName[];
  /** Save everything, detach, withdraw, close. */
  close(): Promise<void>;
}

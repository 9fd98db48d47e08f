import type { Log, LogRing } from '../log.ts';

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
  /** The last lines of the log, for the Log page and diagnostics. */
  readonly logRing?: LogRing;
  readonly version: string;
  readonly commit: string | null;
  readonly shell?: ShellServices;
}

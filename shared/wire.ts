import { z } from 'zod';
import type { CommandName, EventName } from './contract.ts';
import { COMMANDS, EVENTS } from './contract.ts';
import { CallError } from './errors.ts';

/**
 * Messages between a page and its host, the same over Electron's IPC and a WebSocket. Inputs and payloads
 * are checked against the contract by whoever receives them.
 */

const CallId = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const commandNames = Object.keys(COMMANDS) as [CommandName, ...CommandName[]];
const eventNames = Object.keys(EVENTS) as [EventName, ...EventName[]];

/** From the page: a call, or the wish to have one cancelled. */
export const ToHost = z.union([
  z.object({ id: CallId, command: z.enum(commandNames), input: z.unknown() }).strict(),
  z.object({ cancel: CallId }).strict(),
]);
export type ToHost = z.infer<typeof ToHost>;

/** From the host: the end of a call, news of one that runs, or an event. */
export const ToPage = z.union([
  z.object({ id: CallId, ok: z.literal(true), value: z.unknown() }),
  z.object({ id: CallId, ok: z.literal(false), error: CallError }),
  z.object({ id: CallId, progress: z.unknown() }),
  z.object({ event: z.enum(eventNames), payload: z.unknown() }),
]);
export type ToPage = z.infer<typeof ToPage>;

/** The largest message a page may send, in bytes of JSON: an imported config is the largest. */
export const MAX_TO_HOST_BYTES = 2 << 20;
/** Calls a page may have under way. */
export const MAX_CALLS = 64;

/** What the preload script puts at `window.spandrel` in Electron. */
export interface PageBridge {
  send(message: ToHost): void;
  /** @returns a disposer */
  subscribe(listener: (message: unknown) => void): () => void;
}

import type { CommandName, Input, Output, Progress } from '../../../shared/contract.ts';
import type { PageSession } from './page-session.ts';

/** What a handler knows of the call it answers. */
export interface CallContext<C extends CommandName> {
  /** Aborted when the page cancels the call, goes away, or the call's time is over. */
  readonly signal: AbortSignal;
  /** Tell the page how it goes; only commands with progress in the contract may. */
  progress(news: Progress<C>): void;
  readonly session: PageSession;
}

export type Handler<C extends CommandName> = (input: Input<C>, context: CallContext<C>) => Promise<Output<C>>;

/** One handler for each command of the contract. */
export type Handlers = { readonly [C in CommandName]: Handler<C> };

/** The handlers of some commands, as the files of this folder export them. */
export type SomeHandlers<C extends CommandName> = Pick<Handlers, C>;

/** Time the host has to save everything and detach; after it the app ends without. */
export const CLOSE_LIMIT_MS = 10_000;

export interface QuitActions {
  /** Titles of jobs that run. */
  runningJobs(): readonly string[];
  /** Ask whether to end these jobs. @returns whether to quit */
  ask(jobs: readonly string[]): Promise<boolean>;
  /** Save everything and close. */
  close(): Promise<void>;
  /** End now. */
  exit(): void;
  /** Something to note in the log. */
  note(error: unknown, text: string): void;
}

/**
 * The way out: asks while jobs run, closes the host within a limit of time, then ends. Whatever asks to quit
 * meanwhile changes nothing, except that `now` leaves out the question.
 */
export class Quitter {
  readonly #actions: QuitActions;
  readonly #limitMs: number;
  #asking = false;
  #closing = false;

  constructor(actions: QuitActions, limitMs: number = CLOSE_LIMIT_MS) {
    this.#actions = actions;
    this.#limitMs = limitMs;
  }

  /** It has been decided. */
  get isClosing(): boolean {
    return this.#closing;
  }

  /** Somebody wants to quit. @returns whether that is going to happen */
  async request(): Promise<boolean> {
    if (this.#asking || this.#closing) return this.#closing;
    const jobs = this.#actions.runningJobs();
    if (jobs.length > 0) {
      this.#asking = true;
      const agreed = await this.#actions.ask(jobs).catch(() => false);
      this.#asking = false;
      if (!agreed && !this.#closing) return false;
    }
    await this.now();
    return true;
  }

  /** Quit without asking: the system is going down, or a signal says so. */
  async now(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_, reject) => {
      const late = () => reject(new Error(`it took longer than ${this.#limitMs / 1000} s`));
      timer = setTimeout(late, this.#limitMs);
    });
    try {
      await Promise.race([this.#actions.close(), limit]);
    } catch (error) {
      this.#actions.note(error, 'not everything could be closed in order');
    } finally {
      clearTimeout(timer);
    }
    this.#actions.exit();
  }
}

/** The question, with the jobs by name: at most ten of them. */
export function quitQuestion(jobs: readonly string[]): { message: string; detail: string } {
  const named = jobs.slice(0, 10).map((title) => `• ${title}`);
  if (jobs.length > named.length) named.push(`… and ${jobs.length - named.length} more`);
  const what = jobs.length === 1 ? 'A job is running' : `${jobs.length} jobs are running`;
  return { message: `${what}. Quit and cancel?`, detail: named.join('\n') };
}

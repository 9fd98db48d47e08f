import type { CliEvent } from '../../shared/events.ts';

/**
 * What a command prints: with `--json` every event as one line of JSON, otherwise the text a command gives
 * for those that matter to people.
 */
export class Output {
  readonly json: boolean;
  #isReady = false;

  constructor(json: boolean) {
    this.json = json;
    // Whoever read us has gone (`spandrel spans … | head -1`): there is nobody to tell.
    process.stdout.on('error', () => process.exit(0));
  }

  /** @param text what people see of the event; nothing where left out */
  emit(event: CliEvent, text?: string): void {
    // The first line is `ready`, and says what stands at that time; what led to it is not told.
    if (event.event === 'ready') this.#isReady = true;
    if (!this.#isReady) return;
    if (this.json) process.stdout.write(`${JSON.stringify(event)}\n`);
    else if (text !== undefined) process.stdout.write(`${text}\n`);
  }
}

/**
 * One half of contextBridge. The two worlds of a document share its DOM, so an element nobody else knows
 * carries events between them: the browser clones an event's detail when another world reads it. Functions
 * become proxies. Whatever this needs is taken before a page's scripts can change it.
 */

const { isArray } = Array;
const { entries, freeze } = Object;
const { apply } = Reflect;
const { addEventListener, dispatchEvent } = EventTarget.prototype;
const MessageEvent = CustomEvent;
const { get, set } = WeakMap.prototype;
const LocalMap = WeakMap;
const LocalError = Error;
const text = String;

type AnyFunction = (...args: unknown[]) => unknown;
/** A value as it crosses. Lists and records are numbered as they come, for those that come again. */
type Wire =
  | ['function', number]
  | ['list', Wire[]]
  | ['record', [string, Wire][]]
  | ['again', number]
  | ['value', unknown];
type Answer = { value: Wire } | { error: string };
interface CallMessage {
  id: number;
  args: Wire[];
}

export type World = 'main' | 'isolated';
interface Seen {
  readonly numbers: WeakMap<object, number>;
  count: number;
}
/** Deeper than that is an error in Electron as well. */
const MAX_DEPTH = 1000;

export class BridgeHalf {
  readonly #port: EventTarget;
  readonly #world: World;
  readonly #other: World;
  readonly #functions: AnyFunction[] = [];
  readonly #answers: Answer[] = [];

  constructor(port: EventTarget, world: World) {
    this.#port = port;
    this.#world = world;
    this.#other = world === 'main' ? 'isolated' : 'main';
    const listen = (name: string, take: (detail: never) => void) =>
      apply(addEventListener, port, [name, (event: CustomEvent<never>) => take(event.detail)]);
    listen(`${world}:call`, (message: CallMessage) => this.#send('answer', this.#run(message)));
    listen(`${world}:answer`, (answer: Answer) => {
      this.#answers[this.#answers.length] = answer;
    });
  }

  /** @throws Error where the value cannot cross */
  encode(value: unknown, seen: Seen = { numbers: new LocalMap(), count: 0 }, depth = 0): Wire {
    if (depth > MAX_DEPTH || typeof value === 'symbol' || value instanceof Promise)
      throw new LocalError('An object could not be cloned.');
    if (typeof value === 'function') {
      this.#functions[this.#functions.length] = value as AnyFunction;
      return ['function', this.#functions.length - 1];
    }
    if (typeof value !== 'object' || value === null || isCloneable(value)) return ['value', value];
    const number = apply(get, seen.numbers, [value]) as number | undefined;
    if (number !== undefined) return ['again', number];
    apply(set, seen.numbers, [value, seen.count++]);
    if (isArray(value)) {
      const list: Wire[] = [];
      for (let at = 0; at < value.length; at++) list[at] = this.encode(value[at], seen, depth + 1);
      return ['list', list];
    }
    const pairs = entries(value);
    const record: [string, Wire][] = [];
    for (let at = 0; at < pairs.length; at++) {
      const [key, item] = pairs[at] as [string, unknown];
      record[at] = [key, this.encode(item, seen, depth + 1)];
    }
    return ['record', record];
  }

  /** @param frozen make objects that cannot be changed, as what is exposed is */
  decode(wire: Wire, frozen: boolean, made: unknown[] = []): unknown {
    switch (wire[0]) {
      case 'function':
        return this.#proxy(wire[1]);
      case 'again':
        return made[wire[1]];
      case 'list': {
        const list: unknown[] = [];
        made[made.length] = list;
        for (let at = 0; at < wire[1].length; at++) list[at] = this.decode(wire[1][at] as Wire, frozen, made);
        return frozen ? freeze(list) : list;
      }
      case 'record': {
        const object: Record<string, unknown> = {};
        made[made.length] = object;
        for (let at = 0; at < wire[1].length; at++) {
          const [key, item] = wire[1][at] as [string, Wire];
          object[key] = this.decode(item, frozen, made);
        }
        return frozen ? freeze(object) : object;
      }
      case 'value':
        return wire[1];
    }
  }

  /** Have a function of the other world run. Function 0 of the main world is that which exposes. */
  call(id: number, args: unknown[]): unknown {
    const wires: Wire[] = [];
    for (let at = 0; at < args.length; at++) wires[at] = this.encode(args[at]);
    this.#send('call', { id, args: wires } satisfies CallMessage);
    const answer = this.#answers[this.#answers.length - 1];
    this.#answers.length--;
    if (answer === undefined) throw new LocalError('the other world does not answer');
    if ('error' in answer) throw new LocalError(answer.error);
    return this.decode(answer.value, false);
  }

  /** Let the other world call a function by its number. */
  offer(run: AnyFunction): void {
    this.#functions[this.#functions.length] = run;
  }

  #proxy(id: number): AnyFunction {
    return (...args) => this.call(id, args);
  }

  #run({ id, args }: CallMessage): Answer {
    try {
      const run = this.#functions[id];
      if (run === undefined) return { error: 'no such function' };
      const frozen = this.#world === 'main' && id === 0;
      const values: unknown[] = [];
      for (let at = 0; at < args.length; at++) values[at] = this.decode(args[at] as Wire, frozen);
      return { value: this.encode(apply(run, undefined, values)) };
    } catch (error) {
      return { error: error instanceof LocalError ? error.message : text(error) };
    }
  }

  #send(what: 'call' | 'answer', detail: CallMessage | Answer): void {
    apply(dispatchEvent, this.#port, [new MessageEvent(`${this.#other}:${what}`, { detail })]);
  }
}

/** What the browser clones as it is. */
function isCloneable(value: object): boolean {
  return (
    value instanceof Date ||
    value instanceof Map ||
    value instanceof Set ||
    value instanceof ArrayBuffer ||
    ArrayBuffer.isView(value) ||
    value instanceof Error ||
    value instanceof Blob
  );
}

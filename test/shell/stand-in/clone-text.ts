/**
 * A structured clone as text, for the way between a browser and Node, where only text goes. Both ends run
 * this file. What a structured clone cannot hold was refused before; kinds nobody here sends are refused too.
 */

type Node =
  | ['plain', string | number | boolean | null]
  | ['undefined']
  | ['number', string]
  | ['bigint', string]
  | ['date', number]
  | ['array', number, [number, number][]]
  | ['object', [string, number][]]
  | ['map', [number, number][]]
  | ['set', number[]]
  | ['bytes', string, number[]]
  | ['error', string, string];

/** @throws DOMException or Error where the value cannot be cloned */
export function toText(value: unknown): string {
  const nodes: Node[] = [];
  const seen = new Map<unknown, number>();
  const add = (item: unknown): number => {
    const known = seen.get(item);
    if (known !== undefined) return known;
    const at = nodes.push(['undefined']) - 1;
    if (typeof item === 'object' && item !== null) seen.set(item, at);
    nodes[at] = nodeOf(item, add);
    return at;
  };
  add(structuredClone(value));
  return JSON.stringify(nodes);
}

function nodeOf(item: unknown, add: (item: unknown) => number): Node {
  if (item === undefined) return ['undefined'];
  if (typeof item === 'bigint') return ['bigint', String(item)];
  if (typeof item === 'number' && (!Number.isFinite(item) || Object.is(item, -0)))
    return ['number', Object.is(item, -0) ? '-0' : String(item)];
  if (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean' || item === null)
    return ['plain', item];
  if (Array.isArray(item)) {
    return ['array', item.length, Object.keys(item).map((key) => pair(Number(key), add(item[Number(key)])))];
  }
  if (item instanceof Date) return ['date', item.getTime()];
  if (item instanceof Map) return ['map', [...item].map(([key, value]) => pair(add(key), add(value)))];
  if (item instanceof Set) return ['set', [...item].map(add)];
  if (item instanceof Error) return ['error', item.name, item.message];
  if (item instanceof ArrayBuffer) return ['bytes', 'ArrayBuffer', [...new Uint8Array(item)]];
  if (ArrayBuffer.isView(item)) {
    const { buffer, byteOffset, byteLength } = item;
    return ['bytes', item.constructor.name, [...new Uint8Array(buffer, byteOffset, byteLength)]];
  }
  const proto: unknown = Object.getPrototypeOf(item);
  if (proto !== Object.prototype) throw new Error(`the stand-in does not clone a ${String(item)}`);
  return ['object', Object.entries(item as object).map(([key, value]) => pair(key, add(value)))];
}

const pair = <T>(first: T, second: number): [T, number] => [first, second];

export function fromText(text: string): unknown {
  const nodes = JSON.parse(text) as Node[];
  const made = new Map<number, unknown>();
  const get = (at: number): unknown => {
    if (made.has(at)) return made.get(at);
    const node = nodes[at];
    if (node === undefined) throw new Error('not a clone');
    const keep = <T>(value: T): T => {
      made.set(at, value);
      return value;
    };
    switch (node[0]) {
      case 'undefined':
        return undefined;
      case 'plain':
        return node[1];
      case 'number':
        return Number(node[1]);
      case 'bigint':
        return BigInt(node[1]);
      case 'date':
        return keep(new Date(node[1]));
      case 'error':
        return keep(Object.assign(new Error(node[2]), { name: node[1] }));
      case 'bytes':
        return keep(bytesOf(node[1], Uint8Array.from(node[2])));
      case 'array': {
        const array = keep(new Array<unknown>(node[1]));
        for (const [index, item] of node[2]) array[index] = get(item);
        return array;
      }
      case 'object': {
        const object = keep({});
        for (const [key, item] of node[1]) {
          Object.defineProperty(object, key, {
            value: get(item),
            enumerable: true,
            configurable: true,
            writable: true,
          });
        }
        return object;
      }
      case 'map': {
        const map = keep(new Map<unknown, unknown>());
        for (const [key, item] of node[1]) map.set(get(key), get(item));
        return map;
      }
      case 'set': {
        const set = keep(new Set<unknown>());
        for (const item of node[1]) set.add(get(item));
        return set;
      }
    }
  };
  return get(0);
}

function bytesOf(kind: string, bytes: Uint8Array<ArrayBuffer>): unknown {
  return kind === 'ArrayBuffer' ? bytes.buffer : bytes;
}

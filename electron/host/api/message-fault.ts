/** Deeper than anything of the contract; a message that refers to itself ends here too. */
const MAX_DEPTH = 64;

/**
 * What is wrong with a message: it is more than `limit` bytes, about as many as its JSON would have, or not
 * plain data that JSON could hold. Looks no further than that, so a huge message costs no more than a large
 * one.
 * @returns null: nothing
 */
export function messageFault(message: unknown, limit: number): string | null {
  let left = limit;
  const fault = (value: unknown, depth: number): string | null => {
    if (depth > MAX_DEPTH) return `a message is nested deeper than ${MAX_DEPTH}`;
    if (typeof value === 'string') left -= Buffer.byteLength(value) + 3;
    else if (Array.isArray(value)) {
      // A sparse array may be long and take no memory: its length counts before it is walked.
      left -= value.length + 2;
      for (let at = 0; left >= 0 && at < value.length; at++) {
        const inside = fault(value[at], depth + 1);
        if (inside !== null) return inside;
      }
    } else if (isPlainObject(value)) {
      left -= 2;
      for (const [key, element] of Object.entries(value)) {
        left -= Buffer.byteLength(key) + 4;
        const inside = fault(element, depth + 1);
        if (inside !== null) return inside;
      }
    } else if (isSimple(value)) left -= 8;
    else return 'a message is not plain data';
    return left < 0 ? `a message is larger than ${limit} bytes` : null;
  };
  return fault(message, 0);
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isSimple(value: unknown): boolean {
  return value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean';
}

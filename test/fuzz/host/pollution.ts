import { holds } from '../support/target.ts';

const prototypes = [Object.prototype, Array.prototype, String.prototype, Function.prototype];
const before = prototypes.map((prototype) => Reflect.ownKeys(prototype).length);

/** @throws Finding where somebody's data became a property of all objects */
export function checkPrototypes(): void {
  for (const [i, prototype] of prototypes.entries()) {
    holds(Reflect.ownKeys(prototype).length === before[i], 'a prototype has a new property');
  }
  holds(!('polluted' in {}), 'every object has a property of a peer');
}

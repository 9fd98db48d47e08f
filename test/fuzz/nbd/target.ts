import type { Case, Target } from '../support/target.ts';
import { clientCase } from './client-case.ts';
import { serverCase } from './server-case.ts';

/** Both sides of NBD, negotiation and transmission. */
export class NbdTarget implements Target {
  run(one: Case): Promise<void> {
    const isServed = one.random.chance(0.6);
    one.plays(isServed ? 'a hostile client' : 'a hostile server');
    return isServed ? serverCase(one) : clientCase(one);
  }
}

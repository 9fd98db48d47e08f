import type { Case, Target } from '../support/target.ts';
import { clientCase } from './client-case.ts';
import { serverCase } from './server-case.ts';

/** Both sides of NBD, negotiation and transmission. */
export class NbdTarget implements Target {
  run(one: Case): Promise<void> {
    return one.random.chance(0.6) ? serverCase(one) : clientCase(one);
  }
}

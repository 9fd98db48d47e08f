import type { Case, Target } from '../support/target.ts';
import { clientCase } from './client-case.ts';
import { exporterCase } from './exporter-case.ts';
import { routerCase } from './router-case.ts';

/** Everything that speaks DMSG: codec, links and transactions, of which three kinds of program are made. */
export class DmsgTarget implements Target {
  run(one: Case): Promise<void> {
    const kind = one.random.next();
    if (kind < 0.5) {
      one.plays('a hostile client');
      return exporterCase(one);
    }
    if (kind < 0.85) {
      one.plays('a hostile exporter');
      return clientCase(one);
    }
    one.plays('hostile peers on both sides of a router');
    return routerCase(one);
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import type { BadLink } from '../net/bad-link.ts';
import type { LinkFault } from './plan.ts';

/** Carry out a fault of a link; over when the link is well again. */
export async function strikeLink(link: BadLink, fault: LinkFault): Promise<void> {
  switch (fault.kind) {
    case 'cut':
      link.cut(fault.how);
      return;
    case 'hole':
      link.blackHole(fault.ways, fault.forAll);
      await delay(fault.ms);
      link.heal();
      return;
    case 'stuck':
      // Where nothing goes over that link nothing gets stuck.
      await Promise.race([link.stick(), delay(100)]);
      link.cutStuckClients();
      await delay(fault.lateMs);
      link.deliver();
      return;
    case 'slow':
      link.slow(fault.delayMs, fault.rateBytes);
      await delay(fault.ms);
      link.slow(0, 0);
      return;
    case 'mangle':
      link.mangle(fault.way, fault.fault);
  }
}

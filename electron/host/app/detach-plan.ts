import type { DetachPlan, UnitClient } from '../../../shared/model/unit.ts';
import type { Unit } from '../../xdisk/unit.ts';
import { deviceOf, usesOf } from '../system/kernel-nbd.ts';
import { processOf } from '../system/processes.ts';
import type { AppParts } from './parts.ts';

/** The programs that use a unit over NBD, with the processes behind them where the system tells. */
export async function clientsOf(parts: AppParts, unit: Unit): Promise<UnitClient[]> {
  const { address } = parts.gateway;
  if (address === undefined) return [];
  return Promise.all(
    parts.gateway.clientsOf(unit).map(async ({ client, since }) => {
      const process = await processOf(client.remote, address);
      const device = process === null ? null : deviceOf(process.pid);
      return {
        unit: unit.name,
        remote: client.remote,
        since,
        requests: client.requests,
        read_bytes: client.readBytes,
        written_bytes: client.writtenBytes,
        process,
        uses: device === null ? [] : [device, ...usesOf(device)],
      };
    }),
  );
}

/** What detaching a unit takes, from the programs down to the remote disk. Nothing is torn down. */
export async function detachPlan(parts: AppParts, name: string): Promise<DetachPlan> {
  const unit = parts.units.find(name);
  const clients = await clientsOf(parts, unit);
  const plan = parts.units.plan(name);
  // The gateway's clients are users too; they are told with more detail.
  const users = plan.users.filter((user) => !clients.some(({ remote }) => user.endsWith(remote)));
  const path = unit.activePath;
  const steps: DetachPlan['steps'] = [
    ...clients.map((client) => ({
      what: `NBD client ${describe(client)} disconnects`,
      blocked_by: client.uses.length > 1 ? client.uses.slice(1).join(', ') : 'it has the unit open',
    })),
    ...users.map((user) => ({ what: `${user} ends`, blocked_by: 'it has the unit open' })),
    { what: `${name} is no longer served over NBD`, blocked_by: null },
    {
      what:
        path === undefined
          ? 'No path is open: there is nothing to close'
          : `The disk is closed at ${path.link.remote}`,
      blocked_by: null,
    },
    {
      what: `${name} goes; ${plan.at_startup ? 'it is not attached again at the next start' : 'its number is kept'}`,
      blocked_by: null,
    },
  ];
  return { ...plan, users, clients, steps, busy: plan.busy };
}

function describe({ process, remote }: UnitClient): string {
  return process === null ? remote : `${process.command} (PID ${process.pid}, ${process.user})`;
}

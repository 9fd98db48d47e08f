import type { Handlers, SomeHandlers } from '../../api/handlers.ts';
import { inspect } from '../../contents/inspect.ts';
import { readRange } from '../../contents/read-range.ts';
import { listFiles } from '../../system/files.ts';
import { clientsOf, detachPlan } from '../detach-plan.ts';
import { diskKey } from '../disks.ts';
import type { AppParts } from '../parts.ts';
import { withTarget } from '../targets.ts';

type Commands = Extract<keyof Handlers, `units.${string}` | `contents.${string}` | `files.${string}`>;

export function unitHandlers(parts: AppParts): SomeHandlers<Commands> {
  const { units, tables, registry, history } = parts;
  return {
    'units.attach': async ({ disk_id, options }) => {
      const unit = units.attach(disk_id, options);
      tables.mark('disks', disk_id);
      tables.mark('units', unit);
      return { unit };
    },
    'units.detach_plan': ({ unit }) => detachPlan(parts, unit),
    'units.detach': async (input) => {
      const done = units.detach(input);
      tables.mark('units', input.unit);
      tables.mark('disks', done.disk_id);
      return done;
    },
    'units.update': async ({ unit, options }) => {
      units.update(unit, options);
      tables.mark('units', unit);
      return {};
    },
    'units.clients': async ({ unit }) => ({ clients: await clientsOf(parts, units.find(unit)) }),
    'units.path': async ({ unit: name, path: id, action }) => {
      const unit = units.find(name);
      if (action !== 'test') units.wish(name, id, action);
      const live = parts.book.live(diskKey(unit.identity), id);
      if (action === 'test' && live !== undefined) unit.probe(live);
      tables.mark('units', name);
      return { rtt_ms: live?.link.rttMs ?? null };
    },
    'units.forget_number': async ({ serial }) => {
      const number = registry.forgetNumber(serial);
      if (number !== undefined) history.forget(`unit:xa${number}`);
      return {};
    },
    'contents.inspect': ({ target }, { signal }) =>
      withTarget(parts, target, (device) => inspect(device, signal)),
    'contents.read': ({ target, offset, length }, { signal }) =>
      withTarget(parts, target, async (device) => ({
        offset,
        data: (await readRange(device, offset, length, signal)).toString('base64'),
      })),
    'files.list': ({ path }) => listFiles(path),
  };
}

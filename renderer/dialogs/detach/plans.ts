import { formatBytes } from '../../../shared/format.ts';
import type { DetachPlan, UnitClient } from '../../../shared/model/unit.ts';
import { counted, listed } from '../parts/count.ts';

/** Who has a unit open, a line each: programs that use it over NBD, then works of Spandrel itself. */
export interface Holder {
  readonly key: string;
  readonly pid: number | null;
  readonly command: string | null;
  readonly user: string | null;
  readonly since: number | null;
  readonly what: string;
}

export function holdersOf({ clients, users }: Pick<DetachPlan, 'clients' | 'users'>): Holder[] {
  return [
    ...clients.map((client) => ({
      key: `${client.remote} ${client.since}`,
      pid: client.process?.pid ?? null,
      command: client.process?.command ?? null,
      user: client.process?.user ?? null,
      since: client.since,
      what: whatOf(client),
    })),
    ...users.map((user) => ({
      key: user,
      pid: null,
      command: 'Spandrel',
      user: null,
      since: null,
      what: user,
    })),
  ];
}

/** The first use is the kernel device, the others what it is used for. */
function whatOf({ remote, uses }: UnitClient): string {
  const [device, ...rest] = uses;
  if (device === undefined) return `NBD client ${remote}`;
  return rest.length === 0 ? `${device}, open` : `${device}: ${rest.join(', ')}`;
}

/** What force would break, a sentence each. */
export function lossesOf(plan: DetachPlan): string[] {
  const losses: string[] = [];
  const holders = holdersOf(plan).length;
  if (plan.requests > 0)
    losses.push(`${counted(plan.requests, 'request')} held or under way would fail with an I/O error.`);
  if (plan.unflushed_bytes > 0)
    losses.push(
      `${formatBytes(plan.unflushed_bytes)} written since the last flush may be lost, and with ` +
        `${plan.unflushed_bytes === 1 ? 'it' : 'them'} the consistency of a file system.`,
    );
  if (holders > 0)
    losses.push(
      `${counted(holders, 'user')} ${holders === 1 ? 'has' : 'have'} it open and would get I/O errors.`,
    );
  return losses;
}

/** What became of units that were detached together. */
export interface Outcome {
  readonly detached: readonly string[];
  readonly busy: readonly string[];
  /** With what was wrong. */
  readonly failed: readonly { readonly unit: string; readonly message: string }[];
}

/** `3 detached, 2 busy`; a single one by its name: `xa0 detached`. */
export function outcomeLine({ detached, busy, failed }: Outcome): string {
  const [only] = detached;
  if (detached.length === 1 && only !== undefined && busy.length + failed.length === 0)
    return `${only} detached`;
  return [
    detached.length > 0 || busy.length > 0 ? `${detached.length} detached` : null,
    busy.length > 0 ? `${busy.length} busy` : null,
    failed.length > 0 ? `${failed.length} failed` : null,
  ]
    .filter((part) => part !== null)
    .join(', ');
}

/** What becomes of it at the next start, said before and not after. */
export function startupLine(plans: readonly Pick<DetachPlan, 'unit' | 'at_startup'>[]): string {
  const names = plans.filter(({ at_startup }) => at_startup).map(({ unit }) => unit);
  if (names.length === 0) return 'Nothing attaches it again at startup.';
  const [are, them] = names.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return `${listed(names)} ${are} set to be attached at startup. Detaching ends that too, and nothing attaches ${them} again by itself. Undo restores both.`;
}

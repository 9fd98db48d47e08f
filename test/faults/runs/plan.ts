import { Random } from '../../dmsg/support/random.ts';
import type { LoadOptions } from '../model/checked-disk.ts';
import { BOTH, type Way } from '../net/bad-link.ts';
import type { MessageFault } from '../net/pipe.ts';
import type { MediumFault } from '../world/bad-medium.ts';
import { SHAPES, type Shape } from '../world/world.ts';

/** What goes wrong with a link, given by its place in the world; times in ms. */
export type LinkFault =
  | { readonly kind: 'cut'; readonly link: number; readonly how: 'end' | 'reset' }
  | {
      readonly kind: 'hole';
      readonly link: number;
      readonly ways: readonly Way[];
      readonly forAll: boolean;
      readonly ms: number;
    }
  | { readonly kind: 'stuck'; readonly link: number; readonly lateMs: number }
  | {
      readonly kind: 'slow';
      readonly link: number;
      readonly delayMs: number;
      readonly rateBytes: number;
      readonly ms: number;
    }
  | { readonly kind: 'mangle'; readonly link: number; readonly way: Way; readonly fault: MessageFault };

/** One thing that goes wrong. */
export type Fault =
  | LinkFault
  | { readonly kind: 'kill' | 'pause' | 'stop'; readonly node: NodeName; readonly ms: number }
  | { readonly kind: 'kill-all'; readonly ms: number }
  | { readonly kind: 'medium'; readonly fault: MediumFault; readonly ms: number };
export type NodeName = 'exporter0' | 'exporter1' | 'router' | 'gateway';

/** Faults that strike together, some time after the ones before are over. */
export interface Step {
  readonly afterMs: number;
  readonly faults: readonly Fault[];
}

/** All that a seed decides. */
export interface Plan {
  readonly seed: number;
  readonly shape: Shape;
  readonly blocks: number;
  readonly load: LoadOptions;
  readonly steps: readonly Step[];
  /** The client is killed at the end too, instead of being ended in order. */
  readonly killsGateway: boolean;
}

/** A request is run again on each path that is found, so it may take the sum of what strikes it. */
const PATIENCE_MS = 30_000;

export function planOf(seed: number): { plan: Plan; random: Random } {
  const random = new Random(seed, false);
  const shape = random.pick(SHAPES);
  const plan: Plan = {
    seed,
    shape,
    blocks: random.pick([16, 64, 256]),
    load: {
      depth: random.pick([1, 4, 16, 64]),
      maxBlocks: random.pick([1, 4, 8]),
      reads: random.integer(10, 50),
      flushes: random.integer(1, 8),
      fua: random.integer(0, 8),
      patienceMs: PATIENCE_MS,
    },
    steps: Array.from({ length: random.integer(1, 3) }, () => ({
      afterMs: random.integer(50, 300),
      faults: faultsOf(shape, random),
    })),
    killsGateway: random.next() < 0.5,
  };
  return { plan, random };
}

/** The plan for people. */
export function describePlan({ seed, shape, blocks, load, steps }: Plan): string {
  const faults = steps.map(({ faults }) => faults.map(describeFault).join(' and ')).join('; ');
  return `seed ${seed}: ${shape}, ${blocks} blocks, depth ${load.depth}: ${faults}`;
}

/** What a fault strikes with, by kind; `kill-all` kills each process there is, but counts once. */
export function strikesOf(fault: Fault): string {
  switch (fault.kind) {
    case 'cut':
      return `cut a link: ${fault.how === 'end' ? 'FIN' : 'RST'}`;
    case 'hole':
      return `black hole: ${fault.ways.join(' and ')}${fault.forAll ? ', and for new links' : ''}`;
    case 'stuck':
      return 'stuck, its client gone on, delivered late';
    case 'slow':
      return fault.rateBytes === 0 ? 'delay' : `delay, ${fault.rateBytes} bytes/s`;
    case 'mangle':
      return `a message: ${fault.fault}`;
    case 'kill':
    case 'pause':
    case 'stop': {
      const signal = { kill: 'SIGKILL', pause: 'SIGSTOP and SIGCONT', stop: 'SIGTERM' }[fault.kind];
      return `${signal}: ${fault.node.replace(/\d$/, '')}`;
    }
    case 'kill-all':
      return 'SIGKILL: all at once';
    case 'medium':
      return `medium: ${fault.fault}`;
  }
}

function describeFault({ kind, ...rest }: Fault): string {
  const values = Object.entries(rest).map(
    ([name, value]) => `${name} ${Array.isArray(value) ? value.join('+') : value}`,
  );
  return `${kind} (${values.join(', ')})`;
}

function faultsOf(shape: Shape, random: Random): Fault[] {
  const first = faultOf(shape, random);
  if (random.next() < 0.75) return [first];
  const second = faultOf(shape, random);
  // Two that strike the same thing would undo each other.
  return meet(first, second) ? [first] : [first, second];
}

function meet(a: Fault, b: Fault): boolean {
  const all = [a, b].some(({ kind }) => kind === 'kill-all');
  return targetOf(a) === targetOf(b) || (all && ('node' in a || 'node' in b));
}

function targetOf(fault: Fault): string {
  if ('link' in fault) return `link${fault.link}`;
  return 'node' in fault ? fault.node : fault.kind;
}

function faultOf(shape: Shape, random: Random): Fault {
  if (shape === 'a medium that fails' && random.next() < 0.6) {
    const fault = random.pick(['read', 'write', 'flush', 'full', 'partial', 'slow'] as const);
    return { kind: 'medium', fault, ms: random.integer(50, 500) };
  }
  if (shape === 'a medium that loses its cache' && random.next() < 0.6) {
    return { kind: 'kill', node: 'exporter0', ms: random.integer(0, 200) };
  }
  return random.next() < 0.6 ? linkFault(LINKS[shape], random) : nodeFault(shape, random);
}

/** Links of a shape; that of the exporter to the router is the last. */
const LINKS: Readonly<Record<Shape, number>> = {
  'one path': 1,
  'two links to one exporter': 2,
  'two exporters of one file': 2,
  'direct and through a router': 3,
  'a medium that fails': 1,
  'a medium that loses its cache': 1,
};

/** @param links how many there are */
export function linkFault(links: number, random: Random): LinkFault {
  const link = random.integer(0, links - 1);
  switch (random.pick(['cut', 'hole', 'stuck', 'slow', 'mangle'] as const)) {
    case 'cut':
      return { kind: 'cut', link, how: random.pick(['end', 'reset'] as const) };
    case 'hole': {
      const ways = random.pick<readonly Way[]>([BOTH, ['up'], ['down']]);
      return { kind: 'hole', link, ways, forAll: random.next() < 0.5, ms: random.integer(100, 3500) };
    }
    case 'stuck':
      return { kind: 'stuck', link, lateMs: random.integer(20, 2500) };
    case 'slow': {
      const rateBytes = random.pick([0, 2_000, 50_000, 1_000_000]);
      return {
        kind: 'slow',
        link,
        delayMs: random.integer(1, 200),
        rateBytes,
        ms: random.integer(200, 1200),
      };
    }
    case 'mangle': {
      const fault = random.pick<MessageFault>(['duplicate', 'swap', 'drop', 'flip']);
      return { kind: 'mangle', link, way: random.pick(BOTH), fault };
    }
  }
}

function nodeFault(shape: Shape, random: Random): Fault {
  const nodes: NodeName[] = ['exporter0', 'gateway'];
  if (shape === 'two exporters of one file') nodes.push('exporter1');
  if (shape === 'direct and through a router') nodes.push('router');
  const node = random.pick(nodes);
  const chance = random.next();
  if (chance < 0.1) return { kind: 'kill-all', ms: random.integer(0, 200) };
  if (chance < 0.6) return { kind: 'kill', node, ms: random.integer(0, 400) };
  if (chance < 0.8) return { kind: 'pause', node, ms: random.integer(100, 3000) };
  return { kind: 'stop', node, ms: random.integer(0, 200) };
}

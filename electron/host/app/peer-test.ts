import { lookup } from 'node:dns/promises';
import { isIP, Socket } from 'node:net';
import type { Input } from '../../../shared/contract.ts';
import type { PeerLimits } from '../../../shared/limits.ts';
import type { PeerStage, PeerTest } from '../../../shared/model/peer.ts';
import { DEFAULT_PORT } from '../../dmsg/constants.ts';
import { Link } from '../../dmsg/link.ts';
import type { LinkError } from '../../dmsg/link-error.ts';
import { clientConn, LINK_DEFAULTS } from '../../dmsg/link-options.ts';
import type { Span } from '../../dmsg/span.ts';
import { type Address, formatAddress, isLoopback, parseAddress } from '../../stream/address.ts';
import type { ByteStream } from '../../stream/byte-stream.ts';
import { connect, connectSocket } from '../../stream/connect.ts';
import { quoted } from '../../stream/text.ts';
import { secureSocket } from '../../stream/tls.ts';
import { identify } from '../../xdisk/identity.ts';
import { InputError, toCallError } from '../api/call-error.ts';
import { type LinkSetup, protectionAt, tlsOptions } from '../link-setup.ts';
import type { Log } from '../log.ts';
import { type Trust, TrustError } from '../trust/trust.ts';
import { checkedAddress, peerSetup } from './peers.ts';

const CONNECT_MS = 5_000;
const INTRODUCTION_MS = 5_000;
/** Spans follow the introduction at once; when none came for this long, that was all. */
const SPANS_QUIET_MS = 300;
const SPANS_MS = 3_000;
const RTT_MS = 2_000;

type StageName = PeerStage['stage'];

/** Tells how far a test is. */
class Stages {
  readonly all: PeerStage[] = [];
  readonly #tell: (stage: PeerStage) => void;

  constructor(tell: (stage: PeerStage) => void) {
    this.#tell = tell;
  }

  /** Run one step; its error becomes the step's, and ends the test. */
  async run<T>(stage: StageName, work: () => Promise<readonly [T, string, Key?]>): Promise<T> {
    const startMs = performance.now();
    this.#tell({ stage, state: 'running', detail: '', ms: null, error: null });
    try {
      const [value, detail, key] = await work();
      const done = { stage, state: 'ok', detail, ms: performance.now() - startMs, error: null } as const;
      this.#end(key === undefined ? done : { ...done, key });
      return value;
    } catch (error) {
      const told = toCallError(error);
      this.#end({
        stage,
        state: 'failed',
        detail: told.message,
        ms: performance.now() - startMs,
        error: { ...told, field: told.field ?? 'address' },
        ...(error instanceof KeyRefused ? { key: error.key } : {}),
      });
      throw new StageFailed();
    }
  }

  skip(stage: StageName, detail: string): void {
    this.#end({ stage, state: 'skipped', detail, ms: null, error: null });
  }

  #end(stage: PeerStage): void {
    this.all.push(stage);
    this.#tell(stage);
  }
}

class StageFailed extends Error {}

type Key = NonNullable<PeerStage['key']>;

/** The peer shows a key it should not have. */
class KeyRefused extends InputError {
  readonly key: Key;
  constructor(key: Key, message: string) {
    super('fingerprint', message);
    this.key = key;
  }
}

/**
 * Connect to a peer as `peers.add` would, look at what it offers, and leave. Nothing is saved.
 * @param tell hears of each step as it begins and ends
 */
export async function testPeer(
  input: Input<'peers.test'>,
  trust: Trust,
  log: Log,
  limits: PeerLimits,
  tell: (stage: PeerStage) => void,
  signal: AbortSignal,
): Promise<PeerTest> {
  const stages = new Stages(tell);
  const result = (spans: PeerTest['spans'], rtt: number | null, ok: boolean): PeerTest => ({
    stages: stages.all,
    ok,
    spans,
    rtt_ms: rtt,
  });
  let look: Look | undefined;
  try {
    const address = await stages.run('address', async () => {
      const text = checkedAddress(input.address);
      return [parseAddress(text, DEFAULT_PORT), text] as const;
    });
    await resolve(stages, address);
    const stream = await opened(
      stages,
      address,
      peerSetup(input, address, trust, log, limits),
      input,
      signal,
    );
    const looking = new Look(stream, limits, signal);
    look = looking;
    await stages.run('protocol', async () => [await looking.introduced, looking.describe()]);
    const spans = await stages.run('spans', async () => {
      const found = await looking.spans();
      return [found, found.length === 1 ? '1 disk offered' : `${found.length} disks offered`];
    });
    const rtt = await stages.run('rtt', async () => {
      const ms = await looking.rtt();
      return [ms, ms === null ? 'no ping was answered in time' : `${ms.toFixed(2)} ms`];
    });
    return result(spans, rtt, true);
  } catch (error) {
    if (!(error instanceof StageFailed)) throw error;
    return result([], null, false);
  } finally {
    look?.close();
  }
}

/** Connect, and make sure who answers where that is asked for. */
async function opened(
  stages: Stages,
  address: Address,
  setup: LinkSetup,
  { fingerprint }: Input<'peers.test'>,
  signal: AbortSignal,
): Promise<ByteStream> {
  const { trust } = setup;
  const open = address.kind === 'unix' ? 'socket open' : `port ${address.port} is open`;
  if (protectionAt(setup, address) !== 'tls' || trust === undefined) {
    const stream = await stages.run('connect', async () => [
      await connect(address, { signal, timeoutMs: CONNECT_MS }),
      open,
    ]);
    const local = isLoopback(address);
    stages.skip('secure', local ? 'not needed on this machine' : 'plain: readable by the network');
    return stream;
  }
  const socket = new Socket();
  await stages.run('connect', async () => [
    await connectSocket(socket, address, { signal, timeoutMs: CONNECT_MS }),
    open,
  ]);
  return stages.run('secure', async () => {
    const stream = await secureSocket(socket, formatAddress(address), tlsOptions(setup, trust), signal);
    try {
      return [stream, ...judged(trust, address, stream.identity, fingerprint ?? null)] as const;
    } catch (error) {
      stream.destroy();
      throw error;
    }
  });
}

/** What is known of a key; one nobody knows yet is shown, to be compared. @throws KeyRefused */
function judged(trust: Trust, address: Address, shown: string, wanted: string | null): [string, Key] {
  const pinned = wanted ?? trust.known.pinOf(formatAddress(address))?.fingerprint ?? null;
  try {
    trust.check(address, shown, wanted);
    return [`TLS 1.3, the key is the known one: ${shown}`, { fingerprint: shown, trust: 'pinned', pinned }];
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    if (error.code === 'unknown') {
      const detail = `TLS 1.3, the key is not known yet: ${shown}; compare it with what "spandrel keygen" prints there`;
      return [detail, { fingerprint: shown, trust: 'unknown', pinned: null }];
    }
    const state = error.code === 'revoked' ? 'revoked' : 'changed';
    throw new KeyRefused({ fingerprint: shown, trust: state, pinned }, error.message);
  }
}

async function resolve(stages: Stages, address: Address): Promise<void> {
  if (address.kind === 'unix' || isIP(address.host) !== 0) {
    stages.skip('resolve', 'no name to look up');
    return;
  }
  await stages.run('resolve', async () => {
    try {
      const found = await lookup(address.host, { all: true });
      return [undefined, found.map(({ address: text }) => text).join(', ')];
    } catch (error) {
      throw new InputError(
        'address',
        `${address.host}: unknown host (misspelt, or no name server answers)`,
        error,
      );
    }
  });
}

/** A link that only looks. */
class Look {
  readonly #link: Link;
  readonly #spans: Span[] = [];
  #newest = performance.now();
  #wake: () => void = () => {};
  #ended: LinkError | undefined;
  /** Resolves with the introduction, rejects with the reason where there is none. */
  readonly introduced: Promise<void>;

  constructor(stream: ByteStream, limits: PeerLimits, signal: AbortSignal) {
    let up: () => void = () => {};
    let failed: (error: Error) => void = () => {};
    this.introduced = new Promise((resolve, reject) => {
      up = resolve;
      failed = reject;
    });
    this.introduced.catch(() => {});
    this.#link = new Link(
      stream,
      {
        ...LINK_DEFAULTS,
        side: 'dialer',
        conn: clientConn(),
        limits: { ...limits, handshake_seconds: INTRODUCTION_MS / 1000 },
      },
      {
        up,
        spanOffered: (_link, span) => {
          this.#spans.push(span);
          this.#newest = performance.now();
          return null;
        },
        down: (_link, error) => {
          this.#ended = error;
          failed(explain(error));
          this.#wake();
        },
      },
    );
    signal.addEventListener('abort', () => {
      this.close();
      failed(new Error('cancelled'));
    });
  }

  describe(): string {
    const { dialect, peer } = this.#link;
    return `DMSG ${dialect === 'current' ? 'since 2015' : 'of 2014'}, ${quoted(peer?.peerLabel ?? '')}`;
  }

  async spans(): Promise<PeerTest['spans']> {
    const deadline = performance.now() + SPANS_MS;
    this.#newest = performance.now();
    while (performance.now() < Math.min(deadline, this.#newest + SPANS_QUIET_MS)) await this.#pause(50);
    if (this.#ended !== undefined) throw explain(this.#ended);
    return this.#spans.flatMap((span) => {
      const identity = identify(span);
      if (typeof identity === 'string') return [];
      const { serial, label, sizeBytes, blockBytes } = identity;
      return [{ serial, label, size_bytes: sizeBytes, block_bytes: blockBytes }];
    });
  }

  async rtt(): Promise<number | null> {
    const deadline = performance.now() + RTT_MS;
    while (this.#link.rttMs === undefined && performance.now() < deadline && this.#ended === undefined) {
      await this.#pause(50);
    }
    return this.#link.rttMs ?? null;
  }

  close(): void {
    this.#link.close();
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Why no introduction came, in words of the dialog. */
function explain(error: LinkError | undefined): Error {
  switch (error?.code) {
    case 'sync':
      return new InputError('address', 'something else than DMSG answers there (wrong port?)', error);
    case 'handshake':
      return new InputError(
        'address',
        `connected, but the peer does not introduce itself in ${INTRODUCTION_MS / 1000} s: no DMSG there, or it ` +
          'waits for another protocol',
        error,
      );
    case 'eof':
    case 'socket':
      return new InputError('address', 'the peer closed the connection before it introduced itself', error);
    default:
      return new InputError('address', error?.message ?? 'the link ended', error);
  }
}

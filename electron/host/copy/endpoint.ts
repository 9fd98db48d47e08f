import { open, stat } from 'node:fs/promises';
import type { BlockDevice } from '../../block/device.ts';
import { DEFAULT_PORT } from '../../dmsg/constants.ts';
import { NbdClient } from '../../nbd/client.ts';
import { parseNbdUri } from '../../nbd/uri.ts';
import { type Address, AddressError, parseAddress } from '../../stream/address.ts';
import { openMedium } from '../../target/media/medium.ts';
import { ClientHost } from '../client-host.ts';
import { HostError } from '../host-error.ts';
import type { LinkSetup } from '../link-setup.ts';

/** One side of a copy, opened. */
export interface Endpoint {
  readonly name: string;
  readonly device: BlockDevice;
  /** It is new and reads as zeros wherever nothing was written. */
  readonly blank: boolean;
  close(): Promise<void>;
}

/** What a text of the command line names. */
export type EndpointName =
  | { readonly kind: 'unit'; readonly peer: Address; readonly serial: string }
  | { readonly kind: 'nbd'; readonly uri: string }
  | { readonly kind: 'file'; readonly path: string };

const FIND_MS = 10_000;
/** A copy waits this long for a path that comes back. */
const HOLD_SECONDS = 30;
const UNIT_EXAMPLE = 'dmsg://nas.example:987/DISK-0001';

/**
 * Read `dmsg://HOST[:PORT]/SERIAL`, `dmsg+unix:///SERIAL?socket=PATH`, `nbd://…`, `nbd+unix://…` or a path.
 * @throws AddressError
 */
export function parseEndpoint(text: string): EndpointName {
  if (/^nbds?(\+unix)?:\/\//.test(text)) {
    parseNbdUri(text);
    return { kind: 'nbd', uri: text };
  }
  const unit = /^dmsg(\+unix)?:\/\/([^/]*)\/([^?]+)(?:\?socket=(.+))?$/.exec(text);
  if (unit !== null) {
    const [, unix, host = '', serial = '', socket] = unit;
    if ((unix !== undefined) !== (socket !== undefined)) {
      throw new AddressError(
        text,
        'a socket goes with dmsg+unix alone',
        'dmsg+unix:///DISK-0001?socket=/run/nas.sock',
      );
    }
    const peer = parseAddress(
      socket === undefined ? host : `unix:${decodeURIComponent(socket)}`,
      DEFAULT_PORT,
    );
    return { kind: 'unit', peer, serial: decodeURIComponent(serial) };
  }
  if (text.startsWith('dmsg')) throw new AddressError(text, 'expected dmsg://HOST:PORT/SERIAL', UNIT_EXAMPLE);
  if (text === '') throw new AddressError(text, 'a unit, file or NBD URI is missing', UNIT_EXAMPLE);
  return { kind: 'file', path: text };
}

/** Open the source. @throws the errors of the medium, link or NBD server */
export function openSource(text: string, setup: LinkSetup): Promise<Endpoint> {
  const name = parseEndpoint(text);
  switch (name.kind) {
    case 'unit':
      return openUnit(text, name, setup, true);
    case 'nbd':
      return openNbd(text);
    case 'file':
      return openFile(text, name.path, true, false);
  }
}

/**
 * Open the target, which must hold `sizeBytes`. A file that is not there is made; one that has content is
 * refused unless `overwrite` is set.
 */
export async function openTarget(
  text: string,
  sizeBytes: number,
  overwrite: boolean,
  setup: LinkSetup,
): Promise<Endpoint> {
  const name = parseEndpoint(text);
  if (name.kind === 'unit') return fitting(await openUnit(text, name, setup, false), sizeBytes);
  if (name.kind === 'nbd') return fitting(await openNbd(text), sizeBytes);
  const { path } = name;
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() && found.size > 0 && !overwrite) {
    throw new HostError('local', `${path} exists; --overwrite replaces its content`);
  }
  const blank = found === undefined || (found.isFile() && found.size === 0);
  if (found === undefined || found.isFile()) await prepareFile(path, sizeBytes);
  return fitting(await openFile(text, path, false, blank), sizeBytes);
}

async function prepareFile(path: string, sizeBytes: number): Promise<void> {
  try {
    const file = await open(path, 'a', 0o600);
    try {
      if ((await file.stat()).size !== sizeBytes) await file.truncate(sizeBytes);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new HostError('local', `${path} cannot be made: ${(error as Error).message}`, error);
  }
}

async function fitting(endpoint: Endpoint, sizeBytes: number): Promise<Endpoint> {
  const { device, name } = endpoint;
  const problem = device.readOnly
    ? 'it is read-only'
    : device.sizeBytes < sizeBytes
      ? `it has ${device.sizeBytes} bytes, the source ${sizeBytes}`
      : undefined;
  if (problem === undefined) return endpoint;
  await endpoint.close();
  throw new HostError('local', `${name} cannot take the copy: ${problem}`);
}

async function openFile(name: string, path: string, readOnly: boolean, blank: boolean): Promise<Endpoint> {
  const medium = await openMedium(path.startsWith('memory:') ? `./${path}` : path, { readOnly });
  if (medium.warning !== null && readOnly) {
    await medium.close();
    throw new HostError('local', `${medium.warning}; pad the file to whole blocks before it is copied`);
  }
  return { name, device: medium, blank, close: () => medium.close() };
}

async function openNbd(text: string): Promise<Endpoint> {
  const client = await NbdClient.connect(parseNbdUri(text));
  return { name: text, device: client, blank: false, close: () => client.close() };
}

async function openUnit(
  text: string,
  { peer, serial }: { peer: Address; serial: string },
  setup: LinkSetup,
  readOnly: boolean,
): Promise<Endpoint> {
  const host = new ClientHost(setup, [peer]);
  try {
    const find = () => host.registry.disks.find(({ identity }) => identity.serial === serial);
    const disk = await host.waitFor(find, `a disk with serial "${serial}"`, FIND_MS);
    const user = await host.registry
      .attach(disk, { readOnly, noPath: { kind: 'seconds', seconds: HOLD_SECONDS } })
      .open('copy');
    return {
      name: text,
      device: user,
      blank: false,
      close: async () => {
        await user.close();
        await host.close();
      },
    };
  } catch (error) {
    await host.close();
    throw error;
  }
}

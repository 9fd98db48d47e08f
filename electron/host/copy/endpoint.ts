import { open, stat } from 'node:fs/promises';
import type { BlockDevice } from '../../block/device.ts';
import { NbdClient } from '../../nbd/client.ts';
import { parseNbdUri } from '../../nbd/uri.ts';
import { openMedium } from '../../target/media/medium.ts';
import { HostError } from '../host-error.ts';
import type { LinkSetup } from '../link-setup.ts';
import { type EndpointName, identityOf, parseEndpoint } from './endpoint-name.ts';
import { openDisk } from './open-disk.ts';

export { openDisk };

/** One side of a copy, opened. */
export interface Endpoint {
  readonly name: string;
  readonly device: BlockDevice;
  /** It is new and reads as zeros wherever nothing was written. */
  readonly blank: boolean;
  close(): Promise<void>;
}

/** Opens units attached here by their names. */
export interface UnitOpener {
  /** Begin to use a unit; undefined where none is called so. Closing the device ends the use. */
  open(name: string): Promise<BlockDevice> | undefined;
}

/** What ends of copies are opened with. */
export interface EndpointContext {
  readonly setup: LinkSetup;
  /** Without it `xa0` is a file. */
  readonly units?: UnitOpener | undefined;
}

/**
 * Open the source.
 * @throws AddressError, HostError, and the errors of the medium, link or NBD server
 */
export async function openSource(text: string, context: EndpointContext): Promise<Endpoint> {
  return openNamed(text, parse(text, context), context, { readOnly: true, blank: false });
}

/**
 * Open the target for a copy of `source`. A file that is not there is made; one that has content is refused
 * unless `overwrite` is set.
 * @throws as `openSource`; HostError where it is the source itself, or cannot take the copy
 */
export async function openTarget(
  text: string,
  source: Endpoint,
  overwrite: boolean,
  context: EndpointContext,
): Promise<Endpoint> {
  const name = parse(text, context);
  const identity = await identityOf(name);
  if (identity !== null && identity === (await identityOf(parse(source.name, context)))) {
    throw new HostError('usage', `${text} is ${source.name} itself: a disk is not copied onto itself`);
  }
  const { sizeBytes } = source.device;
  const blank = name.kind === 'file' && (await prepareFile(name.path, sizeBytes, overwrite));
  return fitting(await openNamed(text, name, context, { readOnly: false, blank }), sizeBytes);
}

function parse(text: string, { units }: EndpointContext): EndpointName {
  return parseEndpoint(text, units !== undefined);
}

async function openNamed(
  text: string,
  name: EndpointName,
  { setup, units }: EndpointContext,
  { readOnly, blank }: { readonly readOnly: boolean; readonly blank: boolean },
): Promise<Endpoint> {
  switch (name.kind) {
    case 'unit': {
      const device = await units?.open(name.unit);
      if (device === undefined)
        throw new HostError('usage', `no unit is called ${text}; for a file write ./${text}`);
      return { name: text, device, blank: false, close: () => device.close() };
    }
    case 'disk': {
      const { device, close } = await openDisk(name.peer, name.serial, setup, readOnly);
      return { name: text, device, blank: false, close };
    }
    case 'nbd': {
      const client = await NbdClient.connect(parseNbdUri(name.uri));
      return { name: text, device: client, blank: false, close: () => client.close() };
    }
    case 'file':
      return openFile(text, name.path, readOnly, blank);
  }
}

async function openFile(name: string, path: string, readOnly: boolean, blank: boolean): Promise<Endpoint> {
  const medium = await openMedium(path.startsWith('memory:') ? `./${path}` : path, { readOnly });
  if (medium.warning !== null && readOnly) {
    await medium.close();
    throw new HostError('local', `${medium.warning}; pad the file to whole blocks before it is copied`);
  }
  return { name, device: medium, blank, close: () => medium.close() };
}

/** Give a file the size of the copy, and make it where it is not there. @returns whether it has no content */
async function prepareFile(path: string, sizeBytes: number, overwrite: boolean): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined && !found.isFile()) return false;
  const blank = found === undefined || found.size === 0;
  if (!blank && !overwrite) throw new HostError('local', `${path} exists; --overwrite replaces its content`);
  try {
    const file = await open(path, 'a', 0o600);
    try {
      if (found?.size !== sizeBytes) await file.truncate(sizeBytes);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new HostError('local', `${path} cannot be made: ${(error as Error).message}`, error);
  }
  return blank;
}

async function fitting(endpoint: Endpoint, sizeBytes: number): Promise<Endpoint> {
  const problem = misfit(endpoint.device, sizeBytes);
  if (problem === null) return endpoint;
  await endpoint.close();
  throw new HostError('local', `${endpoint.name} cannot take the copy: ${problem}`);
}

function misfit({ readOnly, sizeBytes, blockBytes }: BlockDevice, neededBytes: number): string | null {
  if (readOnly) return 'it is read-only';
  if (sizeBytes < neededBytes) return `it has ${sizeBytes} bytes, the source ${neededBytes}`;
  if (neededBytes % blockBytes !== 0) {
    return `its blocks have ${blockBytes} bytes, and the ${neededBytes} of the source are not whole ones`;
  }
  return null;
}

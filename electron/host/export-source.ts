import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { basename } from 'node:path';
import type { ExportInfo } from '../../shared/events.ts';
import type { AllowList } from '../target/access.ts';
import { Export } from '../target/export.ts';
import { type Medium, openMedium, parseSource } from '../target/media/medium.ts';
import { SiblingExporters } from '../target/sibling-exporters.ts';
import type { WriterLimit } from '../target/siblings.ts';
import { HostError } from './host-error.ts';
import { writeVerifierOf } from './write-verifier.ts';

/** What is to be offered, and how. */
export interface ExportSource {
  /** Path or `memory:SIZE`. */
  readonly source: string;
  /** Without one it is made from host and path, always the same. */
  readonly serial?: string | undefined;
  /** Without one `host/name`. */
  readonly label?: string | undefined;
  readonly blockBytes?: number | undefined;
  readonly readOnly: boolean;
  /** Keys that may use it. */
  readonly allow?: AllowList | undefined;
  /** How many clients may have it open for writing; without it one. */
  readonly writers?: WriterLimit | undefined;
}

/** An export made of a source, its medium open. */
export interface OpenedExport {
  readonly item: Export;
  readonly info: ExportInfo;
}

const FIELD_BYTES = 127;

/** Open a source's medium and make it an export that is online. @throws HostError, MediumError, SizeError */
export async function openExport(wanted: ExportSource): Promise<OpenedExport> {
  const { source, readOnly, blockBytes } = wanted;
  const open = (): Promise<Medium> =>
    openMedium(source, { readOnly, ...(blockBytes === undefined ? {} : { blockBytes }) });
  const medium = await open();
  let item: Export | undefined;
  const isMemory = parseSource(source).kind === 'memory';
  // Memory is this process's alone: nobody else can export it.
  const siblings = isMemory
    ? undefined
    : await SiblingExporters.join(medium.identity, async (opening) => item?.opensAtSibling(opening) ?? true);
  const verifier = isMemory ? undefined : writeVerifierOf(medium.identity);
  try {
    item = new Export({
      serial: field('serial', wanted.serial ?? serialOf(medium.identity)),
      label: field('label', wanted.label ?? labelOf(source)),
      open: reopening(medium, open),
      volatile: isMemory,
      ...(siblings === undefined ? {} : { siblings }),
      ...(verifier === undefined ? {} : { verifier }),
      ...(wanted.allow === undefined ? {} : { allow: wanted.allow }),
      ...(wanted.writers === undefined ? {} : { writers: wanted.writers }),
    });
    await item.online();
    return { item, info: infoOf(source, item, medium) };
  } catch (error) {
    await siblings?.close();
    await medium.close();
    throw error;
  }
}

/** What people are told of an export. */
function infoOf(source: string, item: Export, medium: Medium): ExportInfo {
  return {
    source,
    serial: item.serial,
    label: item.label,
    size_bytes: medium.sizeBytes,
    block_bytes: medium.blockBytes,
    read_only: medium.readOnly,
    read_only_reason: medium.readOnlyReason,
    writers: item.writers,
    warning: medium.warning,
  };
}

/** How an export opens its medium: first the one opened already. */
function reopening(first: Medium, open: () => Promise<Medium>): () => Promise<Medium> {
  let unused: Medium | undefined = first;
  return () => {
    const medium = unused;
    unused = undefined;
    return medium === undefined ? open() : Promise.resolve(medium);
  };
}

/** A serial number that is the same each time this host exports the same medium. */
export function serialOf(identity: string): string {
  const digest = createHash('sha256').update(identity).digest('hex');
  return `SPN-${digest.slice(0, 16).toUpperCase()}`;
}

/** The label a source has without one of its own. */
export function labelOf(source: string): string {
  const parsed = parseSource(source);
  return `${hostname()}/${parsed.kind === 'file' ? basename(parsed.path) : 'memory'}`;
}

function field(name: string, text: string): string {
  if (text === '' || Buffer.byteLength(text) > FIELD_BYTES || /\p{Cc}/u.test(text)) {
    throw new HostError(
      'usage',
      `bad ${name} "${text}": 1 to ${FIELD_BYTES} bytes without control characters (example: DISK-0001)`,
    );
  }
  return text;
}

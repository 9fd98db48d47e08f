import type { Contents, Partition, Signature } from '../../../shared/model/contents.ts';
import type { BlockDevice } from '../../block/device.ts';
import { dataEnd } from '../../target/media/zeros.ts';
import { look, type Probe } from './probe.ts';
import { PROBES } from './signatures/all.ts';
import { DISKLABEL64, readDisklabel64 } from './tables/disklabel64.ts';
import { readGpt, STRAY_GPT } from './tables/gpt.ts';
import { readMbr } from './tables/mbr.ts';
import type { Entry, Table } from './tables/table.ts';
import { isOfMedium, View } from './view.ts';

/** A disk whose start is zeros up to here, and on which nothing is found, is taken for empty. */
const BLANK_BYTES = 64 << 10;
/** In more partitions than this nothing is looked for: each takes some reads. */
const LOOKED_INTO = 128;
const AT_A_TIME = 8;
const IN_PARTITIONS = [DISKLABEL64, ...PROBES];

/**
 * Tell what lies on a disk: its partition table, and the file systems and other structures known by their
 * magic bytes, on all of it and in each partition. Nothing is written. What is read is foreign and may say
 * anything; what it says wrong stands in `problems`.
 * @throws BlockError where the first sector cannot be read, or there is no way to the disk; the signal's reason
 */
export async function inspect(device: BlockDevice, signal: AbortSignal): Promise<Contents> {
  const disk = View.of(device, signal);
  const table =
    (await readGpt(disk, device.blockBytes)) ??
    (await readMbr(disk, device.blockBytes)) ??
    (await readDisklabel64(disk));
  const problems = [...(table?.problems ?? [])];
  const probes = table?.kind === 'gpt' ? PROBES : [STRAY_GPT, ...PROBES];
  const signatures = [...(table?.signatures ?? []), ...(await lookFor(disk, 'the disk', probes, problems))];
  const partitions = await lookInto(disk, table, problems);
  return {
    size_bytes: device.sizeBytes,
    block_bytes: device.blockBytes,
    table: table?.kind ?? 'none',
    problems,
    partitions,
    signatures: signatures.sort((a, b) => a.offset - b.offset),
    blank: table === null && signatures.length === 0 && (await isBlank(disk)),
  };
}

async function isBlank(disk: View): Promise<boolean> {
  try {
    const start = await disk.read(0, Math.min(BLANK_BYTES, disk.sizeBytes));
    return start !== null && dataEnd(start, start.length) === 0;
  } catch (error) {
    if (!isOfMedium(error)) throw error;
    return false;
  }
}

async function lookInto(disk: View, table: Table | null, problems: string[]): Promise<Partition[]> {
  const entries = table?.entries ?? [];
  if (entries.length > LOOKED_INTO) {
    problems.push(`only the first ${LOOKED_INTO} of ${entries.length} partitions were looked into`);
  }
  const found = new Map<Entry, readonly Signature[]>();
  const waiting = entries.slice(0, LOOKED_INTO).filter((entry) => entry.isContainer !== true);
  const worker = async (): Promise<void> => {
    for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
      const part = disk.part(entry.startBytes, entry.sizeBytes);
      found.set(entry, await lookFor(part, `partition ${entry.number}`, IN_PARTITIONS, problems));
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return entries.map((entry) => ({
    number: entry.number,
    type: entry.type,
    name: entry.name,
    start_bytes: entry.startBytes,
    size_bytes: entry.sizeBytes,
    bootable: entry.bootable,
    signatures: [...(found.get(entry) ?? [])],
  }));
}

/** The structures in a stretch. What of it cannot be read is a problem, not the end. */
async function lookFor(
  view: View,
  name: string,
  probes: readonly Probe[],
  problems: string[],
): Promise<Signature[]> {
  const found: Signature[] = [];
  const troubles = new Set<string>();
  for (const probe of probes) {
    try {
      const signature = await look(probe, view);
      if (signature !== null) found.push(signature);
    } catch (error) {
      if (!isOfMedium(error)) throw error;
      troubles.add(`${name}: ${error.message}`);
    }
  }
  problems.push(...troubles);
  return found;
}

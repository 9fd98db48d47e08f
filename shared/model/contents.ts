import { z } from 'zod';
import { Bytes, Id, UnitName } from './common.ts';

/** What is looked at: a unit, or a disk before it is attached. */
export const Target = z.union([z.object({ unit: UnitName }), z.object({ disk_id: Id })]);
export type Target = z.infer<typeof Target>;

/** A known structure found by its magic bytes. */
export const Signature = z.object({
  /** `ext4`, `LVM2`, `GPT`, … */
  type: z.string(),
  offset: Bytes,
  bytes: Bytes,
  label: z.string().nullable(),
  uuid: z.string().nullable(),
  /** More, for people: size of the file system, last mounted on. */
  detail: z.string().nullable(),
});
export type Signature = z.infer<typeof Signature>;

export const Partition = z.object({
  number: z.number(),
  type: z.string(),
  name: z.string().nullable(),
  start_bytes: Bytes,
  size_bytes: Bytes,
  bootable: z.boolean(),
  signatures: z.array(Signature),
});
export type Partition = z.infer<typeof Partition>;

export const Contents = z.object({
  size_bytes: Bytes,
  block_bytes: z.number(),
  table: z.enum(['none', 'mbr', 'gpt', 'disklabel64']),
  /** What is wrong with the table, if anything: a bad checksum, a partition beyond the end. */
  problems: z.array(z.string()),
  partitions: z.array(Partition),
  /** Of the whole disk. */
  signatures: z.array(Signature),
  /** The first 64 KiB are zeros. */
  blank: z.boolean(),
});
export type Contents = z.infer<typeof Contents>;

/** A file, folder or device the host can see. */
export const FileEntry = z.object({
  name: z.string(),
  path: z.string(),
  kind: z.enum(['folder', 'file', 'block_device', 'other']),
  size_bytes: Bytes.nullable(),
  modified_at: z.number().nullable(),
});
export type FileEntry = z.infer<typeof FileEntry>;

import type { BlockDevice } from '../block/device.ts';
import {
  ALLOCATION_CONTEXT,
  Info,
  MAX_PAYLOAD_BYTES,
  OPTION_REPLY_MAGIC,
  type OptionError,
  OptionReply,
  PREFERRED_BLOCK_BYTES,
} from './constants.ts';
import type { ListedExport } from './export.ts';

/** Bytes of an option reply's head: magic u64, option u32, type u32, length u32. */
export const OPTION_REPLY_BYTES = 20;

/** One reply of the server to an option. `data` is at most 64 KiB. */
export function optionReply(option: number, type: OptionReply | OptionError, data?: Uint8Array): Buffer {
  const head = Buffer.alloc(OPTION_REPLY_BYTES);
  head.writeUInt32BE(OPTION_REPLY_MAGIC[0], 0);
  head.writeUInt32BE(OPTION_REPLY_MAGIC[1], 4);
  head.writeUInt32BE(option, 8);
  head.writeUInt32BE(type, 12);
  head.writeUInt32BE(data?.length ?? 0, 16);
  return data === undefined ? head : Buffer.concat([head, data]);
}

/** An entry of a list of exports: its name, then text for people. */
export function listReply(option: number, listed: ListedExport): Buffer {
  const name = Buffer.from(listed.name);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(name.length);
  return optionReply(
    option,
    OptionReply.server,
    Buffer.concat([length, name, Buffer.from(listed.description)]),
  );
}

export function exportInfo(option: number, sizeBytes: number, flags: number): Buffer {
  const data = Buffer.alloc(12);
  data.writeUInt16BE(Info.export, 0);
  data.writeBigUInt64BE(BigInt(sizeBytes), 2);
  data.writeUInt16BE(flags, 10);
  return optionReply(option, OptionReply.info, data);
}

export function textInfo(option: number, info: Info, text: string): Buffer {
  const bytes = Buffer.from(text);
  const data = Buffer.alloc(2 + bytes.length);
  data.writeUInt16BE(info);
  bytes.copy(data, 2);
  return optionReply(option, OptionReply.info, data);
}

export function blockSizeInfo(option: number, device: BlockDevice): Buffer {
  const data = Buffer.alloc(14);
  data.writeUInt16BE(Info.blockSize, 0);
  data.writeUInt32BE(device.blockBytes, 2);
  data.writeUInt32BE(Math.max(device.blockBytes, PREFERRED_BLOCK_BYTES), 6);
  data.writeUInt32BE(MAX_PAYLOAD_BYTES, 10);
  return optionReply(option, OptionReply.info, data);
}

/** The one metadata context there is. `id` is 0 in a mere list. */
export function contextReply(option: number, id: number): Buffer {
  const data = Buffer.alloc(4 + ALLOCATION_CONTEXT.length);
  data.writeUInt32BE(id);
  data.write(ALLOCATION_CONTEXT, 4);
  return optionReply(option, OptionReply.metaContext, data);
}

import { exportCommand } from '../../../shared/command-line.ts';
import type { Writers } from '../../../shared/events.ts';
import type { Export } from '../../../shared/model/export.ts';
import type { AllowedKey } from '../../../shared/model/trust.ts';
import { useSettings } from '../../stores/settings.ts';

const BLOCKS = [512, 4096] as const;

/** The command that offers the same. @param allow who may use it; with `writers` perhaps not saved yet */
export function useExportCommand(item: Export, allow: readonly AllowedKey[], writers: Writers): string {
  const { export_listen: listen, export_connect: connect, insecure_plain } = useSettings();
  const { source, serial, label, read_only } = item;
  const block_bytes = BLOCKS.find((bytes) => bytes === item.block_bytes) ?? null;
  const input = { source, serial, label, block_bytes, read_only, allow: [...allow], writers };
  return exportCommand(input, { listen, connect, insecure_plain });
}

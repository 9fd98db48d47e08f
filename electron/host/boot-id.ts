import { readFileSync } from 'node:fs';

/**
 * Tells this start of the system from all others (Linux, Documentation/admin-guide/sysctl/kernel.rst: "a UUID
 * generated the first time this is retrieved").
 * @throws the file system's error where the system has none
 */
export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

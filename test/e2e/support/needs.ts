import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { delimiter, join } from 'node:path';

/** For the `skip` of a test: the reason where one of the programs is not installed, else false. */
export function without(...programs: string[]): string | false {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  const missing = programs.filter((name) => !folders.some((folder) => existsSync(join(folder, name))));
  return missing.length > 0 && `not installed: ${missing.join(', ')}`;
}

/** For the `skip` of a test that reads /proc. */
export const withoutProc: string | false = !existsSync('/proc/self/status') && 'this system has no /proc';

/** For the `skip` of a test with IPv6. */
export const withoutIpv6: string | false =
  !Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1')) &&
  'this machine has no address ::1';

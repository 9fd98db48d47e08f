import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import type { Capability } from '../../../shared/model/host.ts';
import { names, SYSTEM, type SystemRoots, text } from './block-uses.ts';
import { installCommand, isInstalled } from './programs.ts';

export { usesOf } from './block-uses.ts';

/** What the kernel's NBD client needs. */
export interface KernelNbdFacts {
  readonly platform: NodeJS.Platform;
  readonly isLoaded: boolean;
  /** The module came with the kernel, so that it can be loaded. */
  readonly isShipped: boolean;
  readonly hasClient: boolean;
  readonly installClient: string | null;
  readonly isRoot: boolean;
}

/** Whether units can become devices `/dev/nbdN` of this machine; if not, all that is missing. */
export function kernelNbd(facts: KernelNbdFacts = factsOfSystem()): Capability {
  if (facts.platform !== 'linux') {
    return { available: false, reason: 'only Linux has a kernel that connects to NBD servers', fix: null };
  }
  const missing: [reason: string, fix: string | null][] = [];
  if (!facts.isLoaded && facts.isShipped)
    missing.push(['the kernel module nbd is not loaded', 'sudo modprobe nbd']);
  if (!facts.isLoaded && !facts.isShipped) missing.push(['this kernel has no module nbd', null]);
  if (!facts.hasClient) missing.push(['nbd-client is not installed', facts.installClient]);
  if (!facts.isRoot) missing.push(['only root may connect a device: run nbd-client with sudo', null]);
  const fixes = missing.flatMap(([, fix]) => (fix === null ? [] : [fix]));
  return {
    available: missing.length === 0,
    reason: missing.length === 0 ? null : missing.map(([reason]) => reason).join('; '),
    fix: fixes.length === 0 ? null : fixes.join(' && '),
  };
}

function factsOfSystem(): KernelNbdFacts {
  return {
    platform: process.platform,
    isLoaded: existsSync('/sys/module/nbd') || existsSync('/sys/block/nbd0'),
    isShipped: text(`/lib/modules/${release()}/modules.dep`).includes('/nbd.ko'),
    hasClient: isInstalled('nbd-client'),
    installClient: installCommand('nbd-client'),
    isRoot: process.geteuid?.() === 0,
  };
}

/** The kernel device a process keeps connected, `/dev/nbd0`; null where it keeps none. */
export function deviceOf(pid: number, { sys }: SystemRoots = SYSTEM): string | null {
  const device = names(join(sys, 'block')).find(
    (name) => /^nbd\d+$/.test(name) && text(join(sys, 'block', name, 'pid')).trim() === String(pid),
  );
  return device === undefined ? null : `/dev/${device}`;
}

import type {
  Config,
  ExportConfig,
  PeerConfig,
  UnitConfig,
} from '../../../../electron/host/config/schema.ts';
import { UNIT_OPTION_DEFAULTS } from '../../../../shared/model/unit.ts';

export function peer(id: string, change: Partial<PeerConfig> = {}): PeerConfig {
  return {
    id,
    name: id,
    address: '10.0.0.1:987',
    auto_connect: true,
    insecure_plain: true,
    fingerprint: null,
    ...change,
  };
}

export function exported(id: string, change: Partial<ExportConfig> = {}): ExportConfig {
  return {
    id,
    source: '/srv/a.img',
    serial: `SPN-${id}`,
    label: id,
    block_bytes: 512,
    read_only: false,
    online: true,
    allow: [],
    writers: 'one',
    ...change,
  };
}

export function unit(serial: string, change: Partial<UnitConfig> = {}): UnitConfig {
  return {
    serial,
    size_bytes: 1 << 30,
    block_bytes: 512,
    label: `nas/${serial}`,
    options: { ...UNIT_OPTION_DEFAULTS },
    disabled_paths: [],
    preferred_path: null,
    ...change,
  };
}

/** A config with something in every part. */
export function fill(draft: Config): void {
  draft.peers.push(peer('nas'), peer('attic', { address: 'unix:/run/attic.sock' }));
  draft.exports.push(exported('scratch', { source: 'memory:1G' }));
  draft.units.push(unit('S1'), unit('S2', { disabled_paths: ['nas/da1'], preferred_path: 'attic/da1' }));
  draft.detached.push({ ...unit('S0'), at: 1_790_000_000_000 });
  draft.settings.theme = 'dark';
  draft.layout = { 'units.columns': ['name', 'size'], rail: true };
}

import type { UnitOptions } from '../../../shared/model/unit.ts';
import type { UnitOptions as EngineOptions, NoPathPolicy } from '../../xdisk/unit-options.ts';

/** The options of the contract as the engine has them. */
export function engineOptions(options: UnitOptions): Partial<EngineOptions> {
  const { no_path } = options;
  const noPath: NoPathPolicy = no_path.kind === 'seconds' ? { ...no_path } : { kind: no_path.kind };
  return {
    readOnly: options.read_only,
    noPath,
    pathPolicy: options.path_policy,
    requestTimeoutMs: options.request_timeout_ms,
  };
}

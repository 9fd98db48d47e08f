/** What a hostile client may do; `process/hostile.ts` does it. */
export const OFFENCES = [
  'reads never taken',
  'writes never sent',
  'silent connections',
  'flood of requests',
  'flood of connections',
] as const;
export type Offence = (typeof OFFENCES)[number];

import { z } from 'zod';
import { LIMIT_NAMES, type LimitName, limitFault } from '../limits.ts';

const fields = Object.fromEntries(
  LIMIT_NAMES.map((name) => [
    name,
    z.number().superRefine((value, context) => {
      const message = limitFault(name, value);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    }),
  ]),
) as unknown as { readonly [N in LimitName]: z.ZodNumber };

/** Limits per peer that were set; those left out are as usual. */
export const SetLimits = z.object(fields).partial();
export type SetLimits = z.infer<typeof SetLimits>;

import { type NoPath, UnitOptions } from '../../../shared/model/unit.ts';

/** Options as they are typed: numbers as the text they are. */
export interface OptionsDraft {
  readonly alias: string;
  readonly noPath: NoPath['kind'];
  readonly holdSeconds: string;
  readonly policy: UnitOptions['path_policy'];
  readonly timeoutSeconds: string;
  readonly atStartup: boolean;
  readonly exposed: boolean;
}

/** Where nothing else was said, requests are held so long. */
const HOLD_SECONDS = 60;

export function draftOf(options: UnitOptions): OptionsDraft {
  const { no_path } = options;
  return {
    alias: options.alias ?? '',
    noPath: no_path.kind,
    holdSeconds: String(no_path.kind === 'seconds' ? no_path.seconds : HOLD_SECONDS),
    policy: options.path_policy,
    timeoutSeconds: String(options.request_timeout_ms / 1000),
    atStartup: options.at_startup,
    exposed: options.exposed,
  };
}

/** Names of inputs, as the host calls them, that are wrong, with why. */
export type DraftErrors = Readonly<Partial<Record<keyof UnitOptions, string>>>;

/**
 * What a draft changes of the options, and what is wrong with it. Only what changed is in it, so that two
 * people who change different options do not undo each other's.
 */
export function changesOf(
  draft: OptionsDraft,
  options: UnitOptions,
): { readonly change: Partial<UnitOptions>; readonly errors: DraftErrors } {
  const alias = draft.alias.trim();
  const wanted = {
    alias: alias === '' ? null : alias,
    no_path:
      draft.noPath === 'seconds'
        ? { kind: draft.noPath, seconds: numberOf(draft.holdSeconds) }
        : { kind: draft.noPath },
    path_policy: draft.policy,
    request_timeout_ms: Math.round(numberOf(draft.timeoutSeconds) * 1000),
    at_startup: draft.atStartup,
    exposed: draft.exposed,
    read_only: options.read_only,
  };
  const parsed = UnitOptions.safeParse(wanted);
  const errors: Partial<Record<keyof UnitOptions, string>> = {};
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) {
      const name = UnitOptions.keyof().safeParse(path[0]);
      if (name.success) errors[name.data] ??= WRONG[name.data] ?? message;
    }
    return { change: {}, errors };
  }
  const changed = UnitOptions.keyof().options.filter(
    (name) => JSON.stringify(parsed.data[name]) !== JSON.stringify(options[name]),
  );
  return { change: Object.fromEntries(changed.map((name) => [name, parsed.data[name]])), errors };
}

const WRONG: DraftErrors = {
  no_path: 'Type a number of seconds, more than 0 and at most 1,000,000',
  request_timeout_ms: 'Type a number of seconds, from 0.1 to 3600',
};

function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text.trim().replace(',', '.'));
}

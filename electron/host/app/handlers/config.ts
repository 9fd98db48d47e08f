import type { Settings, SettingsPatch } from '../../../../shared/model/settings.ts';
import { isLoopback, parseAddress } from '../../../stream/address.ts';
import { InputError } from '../../api/call-error.ts';
import type { Handlers, SomeHandlers } from '../../api/handlers.ts';
import { merge } from '../merge.ts';
import type { AppParts } from '../parts.ts';

type Commands = Extract<keyof Handlers, `settings.${string}` | `layout.${string}` | `config.${string}`>;

export function configHandlers({ config }: AppParts): SomeHandlers<Commands> {
  return {
    'settings.update': async (patch) => {
      checkAddresses(patch, patch.insecure_plain ?? config.config.settings.insecure_plain);
      config.update((draft) => {
        draft.settings = merge(draft.settings, patch);
      });
      return structuredClone(config.config.settings) as Settings;
    },
    'layout.set': async ({ key, value }) => {
      config.setLayout(key, value);
      return {};
    },
    'config.export': async () => ({ text: config.exportText() }),
    'config.import': async ({ text, dry_run }) => ({ changes: config.import(text, dry_run) }),
    'config.versions': async () => ({ versions: config.versions() }),
    'config.restore': async ({ id }) => ({ changes: config.restore(id) }),
  };
}

/** Addresses of settings, refused at their field before anything is saved. */
function checkAddresses(patch: SettingsPatch, insecurePlain: boolean): void {
  for (const field of ['export_listen', 'export_connect'] as const) {
    // Those of other hosts have TLS, unless plain ones are allowed.
    for (const text of patch[field] ?? []) checkAddress(field, text, 987, true);
  }
  for (const [field, port] of [
    ['nbd_listen', 10809],
    ['metrics_listen', 9736],
  ] as const) {
    const text = patch[field];
    // Metrics name serials and peers: they are for this machine alone, whatever else is allowed.
    if (text !== undefined && text !== '')
      checkAddress(field, text, port, insecurePlain && field === 'nbd_listen');
  }
}

function checkAddress(field: string, text: string, port: number, insecurePlain: boolean): void {
  let address: ReturnType<typeof parseAddress>;
  try {
    address = parseAddress(text, port);
  } catch (error) {
    throw new InputError(field, (error as Error).message, error);
  }
  if (isLoopback(address) || insecurePlain) return;
  throw new InputError(
    field,
    `${text} is not of this machine alone: anyone on the network could read it. Use 127.0.0.1 or unix:PATH` +
      (field === 'metrics_listen' ? '' : ', or allow plain links to other hosts in Security'),
  );
}

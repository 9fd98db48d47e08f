import { ActionIcon, Button, Select, Text, TextInput, Tooltip } from '@mantine/core';
import { X } from 'lucide-react';
import type { AllowedKey } from '../../../shared/model/trust.ts';
import { useSettings } from '../../stores/settings.ts';
import { useRows } from '../../stores/tables.ts';
import { Notice } from '../parts/notice.tsx';
import type { AllowDraft } from './allow-draft.ts';
import { allowSentence, listProblem } from './allow-words.ts';
import { KeyText } from './key-text.tsx';
import styles from './keys.module.css';
import { useTrust } from './use-trust.ts';

const MOST = 1024;
const ACCESS = [
  { value: 'rw', label: 'Read-write' },
  { value: 'ro', label: 'Read-only' },
];

/** Who may use an export: keys with what each may do, and fields for one more. */
export function AllowList(props: {
  draft: AllowDraft;
  readOnly: boolean;
  disabled: boolean;
  error?: string | undefined;
}) {
  const { draft, disabled } = props;
  const settings = useSettings();
  const { keys } = draft;
  const problem = listProblem(keys.length, settings);
  return (
    <div className={styles.list}>
      <Text size="sm">{allowSentence(keys.length, settings)}</Text>
      {keys.length > 0 && (
        <ul className={styles.keys} aria-label="Keys that may use it">
          {keys.map((key) => (
            <Entry
              key={key.fingerprint}
              of={key}
              draft={draft}
              readOnly={props.readOnly}
              disabled={disabled}
            />
          ))}
        </ul>
      )}
      {problem !== null && <Notice tone="warn">{problem}</Notice>}
      <div className={styles.add}>
        <TextInput
          label="Key"
          placeholder="SHA256:…"
          description="As “spandrel keygen”, or Settings, Security, shows it on the other machine"
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          value={draft.typed}
          error={draft.problem ?? props.error}
          maxLength={300}
          spellCheck={false}
          autoComplete="off"
          disabled={disabled || keys.length >= MOST}
          onChange={(event) => draft.type(event.currentTarget.value)}
          onKeyDown={(event) => {
            // It adds the key; it does not submit what stands around.
            if (event.key !== 'Enter') return;
            event.preventDefault();
            draft.add();
          }}
        />
        <Button
          variant="default"
          disabled={disabled || draft.typed.trim() === '' || draft.problem !== undefined}
          onClick={draft.add}
        >
          Add key
        </Button>
      </div>
      <KnownPeers draft={draft} disabled={disabled} />
    </div>
  );
}

function Entry(props: { of: AllowedKey; draft: AllowDraft; readOnly: boolean; disabled: boolean }) {
  const { of: key, draft, disabled } = props;
  const name = key.name ?? 'the key without a name';
  return (
    <li>
      <div className={styles.line}>
        <TextInput
          aria-label={`Name of ${key.fingerprint}`}
          placeholder="Name, for you"
          value={key.name ?? ''}
          maxLength={127}
          disabled={disabled}
          onChange={({ currentTarget: { value } }) =>
            draft.change(key.fingerprint, { name: value === '' ? null : value })
          }
        />
        <Select
          aria-label={`Access of ${name}`}
          w={130}
          allowDeselect={false}
          data={ACCESS}
          value={props.readOnly ? 'ro' : key.access}
          disabled={disabled || props.readOnly}
          onChange={(value) => draft.change(key.fingerprint, { access: value === 'ro' ? 'ro' : 'rw' })}
        />
        <Tooltip label="Remove the key from the list">
          <ActionIcon
            aria-label={`Remove ${name}`}
            disabled={disabled}
            onClick={() => draft.remove(key.fingerprint)}
          >
            <X size={15} />
          </ActionIcon>
        </Tooltip>
      </div>
      <KeyText fingerprint={key.fingerprint} of={name} />
    </li>
  );
}

/** Peers we connect to may be let in without their key being typed. */
function KnownPeers({ draft, disabled }: { draft: AllowDraft; disabled: boolean }) {
  const { value } = useTrust();
  const rows = useRows('peers');
  const listed = new Set(draft.keys.map(({ fingerprint }) => fingerprint));
  const nameOf = (address: string) => rows.find((peer) => peer.address === address)?.name ?? address;
  const choices = new Map(
    (value?.peers ?? [])
      .filter(({ fingerprint }) => !listed.has(fingerprint))
      .map(({ fingerprint, address }) => [fingerprint, nameOf(address)]),
  );
  return (
    <Select
      label="Or a known peer"
      placeholder={choices.size === 0 ? 'No other peer’s key is known' : 'Pick one, to add its key'}
      data={[...choices].map(([fingerprint, label]) => ({ value: fingerprint, label }))}
      value={null}
      disabled={disabled || choices.size === 0}
      onChange={(fingerprint) => {
        if (fingerprint !== null) draft.addKnown(fingerprint, choices.get(fingerprint) ?? fingerprint);
      }}
    />
  );
}

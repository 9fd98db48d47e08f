import { ActionIcon, Button, TextInput, Tooltip } from '@mantine/core';
import { X } from 'lucide-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useSettings } from '../../stores/settings.ts';
import { Setting } from './setting.tsx';
import styles from './settings.module.css';
import { useSetting } from './use-setting.ts';

const MOST = 16;

/** A list of addresses: each with what became of it, and a field for one more. */
export function AddressList(props: {
  name: 'export_listen' | 'export_connect';
  label: string;
  hint: string;
  placeholder: string;
  /** Shown where the list is empty. */
  none: string;
  stateOf(address: string): ReactNode;
}) {
  const { name, label } = props;
  const addresses = useSettings()[name];
  const [text, setText] = useState('');
  const adding = useSetting();
  const removing = useSetting();
  const wanted = text.trim();
  const add = async (event: FormEvent) => {
    event.preventDefault();
    if (
      wanted !== '' &&
      !addresses.includes(wanted) &&
      (await adding.save({ [name]: [...addresses, wanted] }))
    )
      setText('');
  };
  const problem = addresses.includes(wanted) ? 'It is in the list already' : adding.error;
  return (
    <Setting label={label} hint={props.hint} error={removing.error}>
      <ul className={styles.entries} aria-label={label}>
        {addresses.length === 0 && <li className={styles.state}>{props.none}</li>}
        {addresses.map((address) => (
          <li key={address} className={styles.entry}>
            <span className="mono">{address}</span>
            <span className={styles.state}>{props.stateOf(address)}</span>
            <Tooltip label="Remove the address">
              <ActionIcon
                aria-label={`Remove ${address}`}
                onClick={() => void removing.save({ [name]: addresses.filter((one) => one !== address) })}
              >
                <X size={15} />
              </ActionIcon>
            </Tooltip>
          </li>
        ))}
      </ul>
      <form className={styles.add} noValidate onSubmit={(event) => void add(event)}>
        <TextInput
          aria-label={`${label}: new address`}
          placeholder={props.placeholder}
          value={text}
          error={problem}
          maxLength={300}
          spellCheck={false}
          disabled={addresses.length >= MOST}
          onChange={(event) => {
            setText(event.currentTarget.value);
            adding.clear();
          }}
        />
        <Button type="submit" variant="default" disabled={wanted === '' || addresses.length >= MOST}>
          Add
        </Button>
      </form>
      {addresses.length >= MOST && <p className={styles.hint}>There can be {MOST} addresses.</p>}
    </Setting>
  );
}

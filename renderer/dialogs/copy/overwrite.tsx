import { Checkbox } from '@mantine/core';
import type { Unit } from '../../../shared/model/unit.ts';
import { ConfirmTyped } from '../../components/form/index.ts';
import { listed } from '../parts/count.ts';
import { Notice } from '../parts/notice.tsx';
import type { End } from './ends.ts';

/** What is at the target is lost: for a unit its label is typed, for anything else a box is ticked. */
export function Overwrite(props: {
  end: End;
  target: Unit | undefined;
  typed: string;
  allowed: boolean;
  disabled: boolean;
  onTyped(typed: string): void;
  onAllowed(allowed: boolean): void;
}) {
  const { end, target } = props;
  if (end.kind === 'unit')
    return target === undefined ? null : (
      <>
        <Notice tone="err" title={`Everything on ${target.name} is overwritten`}>
          {target.label}, serial <span className="mono">{target.serial}</span>.
          {target.users.length > 0 && ` It is in use by ${listed(target.users)}.`}
        </Notice>
        <ConfirmTyped
          expected={target.label}
          what={`overwrite ${target.name}`}
          value={props.typed}
          onChange={props.onTyped}
          disabled={props.disabled}
        />
      </>
    );
  const what = end.kind === 'file' ? 'the file or device' : 'the disk';
  return (
    <>
      <Checkbox
        label={`Replace the content of ${what}`}
        description={
          end.kind === 'file' ? 'Not needed for a file that is new or empty' : 'What is on it is lost'
        }
        checked={props.allowed}
        disabled={props.disabled}
        onChange={(event) => props.onAllowed(event.currentTarget.checked)}
      />
      {props.allowed && (
        <Notice tone="warn">
          What {what} holds now is lost as soon as the copy begins, also when it is cancelled or fails.
        </Notice>
      )}
    </>
  );
}

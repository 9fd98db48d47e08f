import { TextInput } from '@mantine/core';

/** What cannot be undone asks for the name of its object. `matches(value, expected)` tells whether it was given. */
export function ConfirmTyped(props: {
  expected: string;
  what: string;
  value: string;
  onChange(value: string): void;
  disabled?: boolean;
  /** A dialog opens with the focus in it. */
  autoFocus?: boolean;
}) {
  const { expected, value } = props;
  return (
    <TextInput
      label={`Type “${expected}” to ${props.what}`}
      value={value}
      disabled={props.disabled ?? false}
      spellCheck={false}
      {...(props.autoFocus === true ? { 'data-autofocus': true } : {})}
      autoComplete="off"
      error={value !== '' && !expected.startsWith(value) ? `This is not “${expected}”` : undefined}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}

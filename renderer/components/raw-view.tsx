import { Stack } from '@mantine/core';
import { CodeBlock } from './code-block.tsx';

/** An object as it crosses the wire, and the command that shows or makes the same. */
export function RawView({ value, command }: { value: unknown; command?: string }) {
  return (
    <Stack gap="sm">
      {command !== undefined && <CodeBlock label="command" text={command} />}
      <CodeBlock label="JSON" text={JSON.stringify(value, null, 2)} />
    </Stack>
  );
}

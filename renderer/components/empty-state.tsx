import { Button, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** Why there is nothing here, in one sentence, and the one thing to do about it. */
export function EmptyState(props: {
  text: string;
  action?: { label: string; run(): void };
  children?: ReactNode;
}) {
  return (
    <Stack align="center" gap="sm" maw={460}>
      <Text c="dimmed">{props.text}</Text>
      <Group gap="xs" justify="center">
        {props.action !== undefined && <Button onClick={props.action.run}>{props.action.label}</Button>}
        {props.children}
      </Group>
    </Stack>
  );
}

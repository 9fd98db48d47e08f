import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';

interface Act {
  readonly label: string;
  run(): void;
}

const READ_MS = 6000;

/** The result of an act, with what can be done next: open it, undo it. */
export function toastWithAct(message: string, act: Act, forMs = READ_MS): void {
  const id = crypto.randomUUID();
  notifications.show({
    id,
    color: 'ok',
    autoClose: forMs,
    withCloseButton: true,
    message: (
      <Group gap="sm" justify="space-between" wrap="nowrap" data-region>
        <Text size="sm">{message}</Text>
        <Button
          variant="default"
          onClick={() => {
            notifications.hide(id);
            act.run();
          }}
        >
          {act.label}
        </Button>
      </Group>
    ),
  });
}

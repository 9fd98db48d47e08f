import { Modal, Stack, Text } from '@mantine/core';
import { Fields } from '../components/fields.tsx';
import { useHello } from '../stores/settings.ts';
import { closeDialog } from '../stores/ui.ts';
import type { RequestOf } from './requests.ts';

export function AboutDialog(_: { request: RequestOf<'about'> }) {
  const hello = useHello();
  return (
    <Modal opened onClose={closeDialog} title="About Spandrel">
      <Stack gap="sm">
        <Text size="sm">
          Disks of other machines, used here as if they were local. No account, no telemetry.
        </Text>
        {hello !== null && (
          <Fields
            items={[
              { name: 'Version', value: hello.version, copy: hello.version },
              hello.commit === null
                ? null
                : { name: 'Commit', value: <span className="mono">{hello.commit}</span>, copy: hello.commit },
              {
                name: 'State',
                value: <span className="mono">{hello.state_directory}</span>,
                copy: hello.state_directory,
              },
              { name: 'Licence', value: 'BSD-2-Clause' },
            ]}
          />
        )}
      </Stack>
    </Modal>
  );
}

import { Anchor, Modal, Skeleton, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { CodeBlock } from '../components/code-block.tsx';
import { Fields } from '../components/fields.tsx';
import { useHello } from '../stores/settings.ts';
import { closeDialog } from '../stores/ui.ts';
import type { RequestOf } from './requests.ts';

/** What this is, which version, and whose work is in it. */
export function AboutDialog(_: { request: RequestOf<'about'> }) {
  const hello = useHello();
  return (
    <Modal opened onClose={closeDialog} title="About Spandrel" size="lg">
      <Stack gap="sm">
        <Text size="sm">Disks of other machines, used here as if they were local.</Text>
        <Text size="sm">
          No account, no telemetry: it talks to the peers, routers and programs you configure, and to nobody
          else.
        </Text>
        {hello !== null && (
          <Fields
            items={[
              { name: 'Version', value: hello.version, copy: hello.version },
              {
                name: 'Commit',
                value:
                  hello.commit === null ? (
                    'not told by this build'
                  ) : (
                    <span className="mono">{hello.commit}</span>
                  ),
                ...(hello.commit === null ? {} : { copy: hello.commit }),
              },
              { name: 'Machine', value: hello.machine },
              {
                name: 'State',
                value: <span className="mono">{hello.state_directory}</span>,
                copy: hello.state_directory,
              },
              { name: 'Licence', value: 'BSD-2-Clause' },
            ]}
          />
        )}
        <Licences />
      </Stack>
    </Modal>
  );
}

/** Notices of the libraries in this page, which the build collects. */
const LICENCES = 'main.js.LEGAL.txt';

function Licences() {
  const [shown, setShown] = useState(false);
  return (
    <div>
      <Anchor
        component="button"
        type="button"
        size="sm"
        aria-expanded={shown}
        onClick={() => setShown(!shown)}
      >
        {shown ? 'Hide the licences of libraries' : 'Licences of libraries'}
      </Anchor>
      {shown && <LicenceText />}
    </div>
  );
}

function LicenceText() {
  const [text, setText] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const abort = new AbortController();
    fetch(LICENCES, { signal: abort.signal })
      .then(async (answer) => (answer.ok ? setText(await answer.text()) : setFailed(true)))
      .catch(() => !abort.signal.aborted && setFailed(true));
    return () => abort.abort();
  }, []);
  if (failed)
    return (
      <Text size="sm">
        The notices stand in <span className="mono">{LICENCES}</span> next to the page, which was not
        readable.
      </Text>
    );
  return text === null ? <Skeleton height={120} /> : <CodeBlock label="licences" text={text} />;
}

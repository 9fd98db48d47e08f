import { Button, Code, Group, Text, Title } from '@mantine/core';
import { formatDuration } from '../../shared/format.ts';
import { Glyph } from '../components/status/glyph.tsx';
import statusStyles from '../components/status/status.module.css';
import { connection, useConnection } from '../connection/index.ts';
import { useFreshness } from '../stores/freshness.ts';
import styles from './shell.module.css';

/** Says that what is on screen is old, and since when. */
export function ConnectionBanner() {
  const { kind } = useConnection();
  const { stale, heardAt, now } = useFreshness();
  if (!stale || heardAt === 0) return null;
  const age = formatDuration(Math.max(0, now - heardAt));
  return (
    <Group className={styles.banner} role="alert" gap="xs">
      <span className={`${statusStyles.badge} ${statusStyles.err}`}>
        <Glyph name="question" />
      </span>
      <Text size="sm">
        {kind === 'connected'
          ? `The host has not answered for ${age}.`
          : `The connection to the host was lost ${age} ago. Trying again.`}{' '}
        What is greyed is what was last heard.
      </Text>
      <Button
        variant="default"
        size="compact-xs"
        onClick={() => connection.retryNow()}
        disabled={kind === 'connected'}
      >
        Try now
      </Button>
    </Group>
  );
}

/** Instead of the page: this browser may not speak with the host. */
export function Denied() {
  return (
    <main className={styles.denied}>
      <div>
        <Title order={1} size="h3">
          This browser has no session
        </Title>
        <Text mt="sm">
          Open the URL that <Code>spandrel serve</Code> printed. Its token is good once; restart{' '}
          <Code>spandrel serve</Code> for a new one.
        </Text>
        <Button mt="md" onClick={() => connection.start()}>
          Try again
        </Button>
      </div>
    </main>
  );
}

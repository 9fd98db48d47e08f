import { Button, Group, List, Text } from '@mantine/core';
import type { CallError } from '../../shared/errors.ts';
import { openPage } from '../stores/ui.ts';
import { CodeBlock } from './code-block.tsx';
import styles from './components.module.css';
import { Glyph } from './status/glyph.tsx';

/** A failure at the object it is about: what failed, why, who holds it, and what to do. */
export function ErrorPanel(props: {
  title: string;
  error: CallError;
  onRetry?: () => void;
  events?: boolean;
}) {
  const { title, error, onRetry, events = true } = props;
  return (
    <div className={styles.error} role="alert">
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <span className={styles.errorGlyph}>
          <Glyph name="cross" />
        </span>
        <div className={styles.errorBody}>
          <Text fw={650} size="sm">
            {title}
          </Text>
          <Text size="sm">{error.message}</Text>
          {error.holders.length > 0 && (
            <List size="sm" aria-label="Held by">
              {error.holders.map((holder) => (
                <List.Item key={holder}>{holder}</List.Item>
              ))}
            </List>
          )}
          <details className={styles.details}>
            <summary>Details</summary>
            <CodeBlock
              label="error"
              text={`${error.code}${error.field === null ? '' : ` (${error.field})`}: ${error.message}`}
            />
          </details>
          <Group gap="xs" mt={6}>
            {onRetry !== undefined && (
              <Button variant="default" onClick={onRetry}>
                Retry
              </Button>
            )}
            {events && (
              <Button variant="subtle" onClick={() => openPage('activity', 'events')}>
                Open events
              </Button>
            )}
          </Group>
        </div>
      </Group>
    </div>
  );
}

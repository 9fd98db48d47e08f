import { Group } from '@mantine/core';
import styles from './components.module.css';
import { CopyButton } from './copy-button.tsx';

/** Text to copy: a command, JSON, a raw message. */
export function CodeBlock({ text, label }: { text: string; label: string }) {
  return (
    <Group className={styles.code} wrap="nowrap" align="flex-start" gap={4}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <section tabIndex={0} aria-label={label}>
        <pre>{text}</pre>
      </section>
      <CopyButton text={text} label={`Copy ${label}`} />
    </Group>
  );
}

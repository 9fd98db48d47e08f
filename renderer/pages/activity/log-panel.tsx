import { Button, Select, Switch, TextInput } from '@mantine/core';
import { useDocumentVisibility } from '@mantine/hooks';
import { Copy, Download } from 'lucide-react';
import { memo, useEffect, useMemo, useRef, useState } from 'react';
import { formatCount } from '../../../shared/format.ts';
import type { LogLine } from '../../../shared/model/host.ts';
import { download } from '../../components/chart/download.ts';
import { copyText } from '../../components/copy-button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Badge } from '../../components/status/badges.tsx';
import type { Look } from '../../components/status/words.ts';
import { Time } from '../../components/values.tsx';
import { toastDone } from '../../stores/toast.ts';
import styles from './activity.module.css';
import { fromLevel, LOG_LEVELS, lineKeys, logText } from './log-lines.ts';
import { useLog } from './use-log.ts';

const LEVELS = LOG_LEVELS.map((level) => ({
  value: level as string,
  label: level === 'fatal' ? 'Fatal only' : `${level.charAt(0).toUpperCase()}${level.slice(1)} and worse`,
}));
const LOOKS: Readonly<Record<LogLine['level'], Look>> = {
  trace: { word: 'Trace', glyph: 'dash', tone: 'unknown', hint: '' },
  debug: { word: 'Debug', glyph: 'dash', tone: 'unknown', hint: '' },
  info: { word: 'Info', glyph: 'info', tone: 'info', hint: '' },
  warn: { word: 'Warning', glyph: 'triangle', tone: 'warn', hint: '' },
  error: { word: 'Error', glyph: 'cross', tone: 'err', hint: '' },
  fatal: { word: 'Fatal', glyph: 'cross', tone: 'err', hint: '' },
};

/** What the host writes to its log, the last lines of it. */
export function LogPanel() {
  const visible = useDocumentVisibility() === 'visible';
  const [level, setLevel] = useState<LogLine['level']>('info');
  const [text, setText] = useState('');
  const [follow, setFollow] = useState(true);
  const { lines, error, retry } = useLog(visible && follow);
  const box = useRef<HTMLElement>(null);
  const shown = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    return fromLevel(lines ?? [], level).filter((line) => line.text.toLowerCase().includes(wanted));
  }, [lines, level, text]);
  const keys = useMemo(() => lineKeys(shown), [shown]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines come at the end, which is what is followed
  useEffect(() => {
    if (follow) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [shown, follow]);

  return (
    <>
      <div className={styles.tools} role="toolbar" aria-label="Log: filter and acts">
        <TextInput
          data-filter
          w={200}
          aria-label="Filter the log"
          placeholder="Filter  ( / )"
          value={text}
          maxLength={200}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Select
          w={160}
          aria-label="Level"
          data={LEVELS}
          value={level}
          onChange={(value) => setLevel(LOG_LEVELS.find((one) => one === value) ?? 'info')}
        />
        <Switch
          label="Follow"
          description={null}
          checked={follow}
          onChange={(event) => setFollow(event.currentTarget.checked)}
        />
        <span className={styles.count} role="status">
          {lines === null ? '' : `${formatCount(shown.length)} of ${formatCount(lines.length)} lines kept`}
        </span>
        <Button
          ml="auto"
          variant="default"
          leftSection={<Copy size={13} />}
          disabled={shown.length === 0}
          onClick={() =>
            void copyText(logText(shown)).then(
              (ok) => ok && toastDone(`${formatCount(shown.length)} lines are in the clipboard`),
            )
          }
        >
          Copy
        </Button>
        <Button
          variant="default"
          leftSection={<Download size={13} />}
          disabled={shown.length === 0}
          onClick={() => download('spandrel.log', logText(shown), 'text/plain')}
        >
          Save
        </Button>
      </div>
      {error !== null && (
        <div className={styles.error}>
          <ErrorPanel title="The log cannot be read" error={error} events={false} onRetry={retry} />
        </div>
      )}
      <section
        ref={box}
        className={styles.log}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        tabIndex={0}
        aria-label="Log"
        onWheel={(event) => event.deltaY < 0 && setFollow(false)}
      >
        {shown.map((line, index) => (
          <Line key={keys[index]} line={line} />
        ))}
        {lines !== null && shown.length === 0 && (
          <div className={styles.vacant}>
            {lines.length === 0 ? (
              <EmptyState text="The host has logged nothing since it was started." />
            ) : (
              <EmptyState
                text={`No line matches (${formatCount(lines.length)} hidden).`}
                action={{
                  label: 'Show all',
                  run: () => {
                    setText('');
                    setLevel('trace');
                  },
                }}
              />
            )}
          </div>
        )}
      </section>
    </>
  );
}

const Line = memo(function Line({ line }: { line: LogLine }) {
  return (
    <div className={styles.line}>
      <Time at={line.at} />
      <span className={styles.level}>
        <Badge look={LOOKS[line.level]} />
      </span>
      <span className={styles.text}>{line.text}</span>
    </div>
  );
});

import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Glyph, type GlyphName } from '../../components/status/glyph.tsx';
import styles from './parts.module.css';

const GLYPHS = { ok: 'check', info: 'info', warn: 'triangle', err: 'cross' } as const satisfies Record<
  string,
  GlyphName
>;

/** Something to know before the act, next to what it is about. */
export function Notice(props: { tone: keyof typeof GLYPHS; title?: string; children?: ReactNode }) {
  return (
    <div className={styles.notice} data-tone={props.tone} role="note">
      <span className={styles.noticeGlyph}>
        <Glyph name={GLYPHS[props.tone]} />
      </span>
      <div className={styles.noticeBody}>
        {props.title !== undefined && (
          <Text size="sm" fw={650}>
            {props.title}
          </Text>
        )}
        {props.children}
      </div>
    </div>
  );
}

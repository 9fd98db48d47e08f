import { GUARANTEE_WORDS, type Guarantee } from '../../../shared/guarantee.ts';
import { Glyph } from '../../components/status/glyph.tsx';
import styles from './unit.module.css';

/** What keeps a write that stuck in a dead path's network from overwriting newer data, for the path in use. */
export function WriteGuarantee({ guarantee }: { guarantee: Guarantee | null }) {
  if (guarantee === null) return null;
  return (
    <p className={styles.guarantee}>
      <Glyph name={guarantee === 'fenced' ? 'lock' : 'hourglass'} />
      <GuaranteeText guarantee={guarantee} />
    </p>
  );
}

export function GuaranteeText({ guarantee }: { guarantee: Guarantee }) {
  const { word, text } = GUARANTEE_WORDS[guarantee];
  return (
    <span>
      <strong>{word}:</strong> {text}.
    </span>
  );
}

import { useEffect, useState } from 'react';
import { Glyph } from '../../components/status/glyph.tsx';
import styles from './settings.module.css';
import { useSaved } from './use-setting.ts';

const SHOWN_MS = 2500;

/** Says for a moment that a change was kept. */
export function SavedNote() {
  const { at } = useSaved();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (Date.now() - at > SHOWN_MS) return;
    setShown(true);
    const timer = setTimeout(() => setShown(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [at]);
  return (
    <span className={styles.saved} role="status">
      {shown && (
        <>
          <Glyph name="check" /> Saved
        </>
      )}
    </span>
  );
}

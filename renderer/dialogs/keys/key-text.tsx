import { CopyButton } from '../../components/copy-button.tsx';
import styles from './keys.module.css';

/** A key, to be compared and copied: never cut. @param of whose it is, for the name of the button */
export function KeyText({ fingerprint, of }: { fingerprint: string; of: string }) {
  return (
    <span className={styles.key}>
      <span className="mono">{fingerprint}</span>
      <CopyButton text={fingerprint} label={`Copy the key of ${of}`} />
    </span>
  );
}

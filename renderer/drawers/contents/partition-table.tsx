import { Button } from '@mantine/core';
import type { Contents, Signature } from '../../../shared/model/contents.ts';
import { NoValue, Size } from '../../components/values.tsx';
import styles from './contents.module.css';

/** The partitions with what they hold. */
export function PartitionTable({ contents, onShow }: { contents: Contents; onShow(offset: number): void }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <section className={styles.scroll} tabIndex={0} aria-label="Partitions">
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col" className={styles.number}>
              No.
            </th>
            <th scope="col">Type</th>
            <th scope="col">Holds</th>
            <th scope="col" className={styles.number}>
              Size
            </th>
            <th scope="col" className={styles.number}>
              Start
            </th>
            <th scope="col">Name</th>
            <th scope="col">
              <span className="visually-hidden">Bytes</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {contents.partitions.map((partition) => (
            <tr key={`${partition.number} ${partition.start_bytes}`}>
              <th scope="row" className={styles.number}>
                {partition.number}
              </th>
              <td>
                {partition.type}
                {partition.bootable && ' (bootable)'}
              </td>
              <td>
                <Found signatures={partition.signatures} />
              </td>
              <td className={styles.number}>
                <Size bytes={partition.size_bytes} blockBytes={contents.block_bytes} />
              </td>
              <td className={styles.number}>
                <Size bytes={partition.start_bytes} blockBytes={contents.block_bytes} />
              </td>
              <td>{partition.name === null || partition.name === '' ? <NoValue /> : partition.name}</td>
              <td>
                <Button
                  variant="subtle"
                  size="compact-xs"
                  aria-label={`Show bytes of partition ${partition.number}`}
                  onClick={() => onShow(partition.start_bytes)}
                >
                  Bytes
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Structures in words: type, label, and what else they say of themselves. */
export function Found({ signatures }: { signatures: readonly Signature[] }) {
  if (signatures.length === 0) return <NoValue />;
  return (
    <span className={styles.found}>
      {signatures.map(({ type, label, detail, uuid, offset }) => (
        <span key={`${type} ${offset}`} data-hint={uuid === null ? '' : `UUID ${uuid}`}>
          {type}
          {label !== null && ` “${label}”`}
          {detail !== null && <span className="dim"> {detail}</span>}
        </span>
      ))}
    </span>
  );
}

import { Button, Group, Loader, Text } from '@mantine/core';
import type { Contents } from '../../../shared/model/contents.ts';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Size } from '../../components/values.tsx';
import { Notice } from '../parts/notice.tsx';
import parts from '../parts/parts.module.css';
import { Frame, Section } from '../parts/section.tsx';
import type { Asked } from '../parts/use-ask.ts';
import { contentsLine, isTable, partitionLine, signatureName } from './advice.ts';
import styles from './attach.module.css';

/** What is on the disk, read before it is attached. Attaching does not wait for it. */
export function Peek({ asked }: { asked: Asked<Contents> }) {
  const { value, error, pending, again } = asked;
  return (
    <Section title="What is on it">
      <div className={styles.peek} aria-live="polite" aria-busy={pending}>
        {value === null && pending && (
          <Group gap={8}>
            <Loader size="xs" />
            <Text size="sm" c="dimmed">
              Reading its first and last blocks; attaching does not wait for it
            </Text>
          </Group>
        )}
        {error !== null && (
          <ErrorPanel title="It could not be looked at" error={error} events={false} onRetry={again} />
        )}
        {value !== null && <Found contents={value} />}
      </div>
      {value === null && !pending && error === null && (
        <Button variant="default" onClick={again}>
          Look
        </Button>
      )}
    </Section>
  );
}

function Found({ contents }: { contents: Contents }) {
  return (
    <>
      <Text size="sm">{contentsLine(contents)}</Text>
      {contents.partitions.length > 0 && (
        <Frame label="Partitions">
          <table className={parts.table}>
            <thead>
              <tr>
                <th scope="col" className={parts.number}>
                  No.
                </th>
                <th scope="col">Holds</th>
                <th scope="col" className={parts.number}>
                  Size
                </th>
              </tr>
            </thead>
            <tbody>
              {contents.partitions.map((partition) => (
                <tr key={partition.number}>
                  <td className={parts.number}>{partition.number}</td>
                  <td>{partitionLine(partition)}</td>
                  <td className={parts.number}>
                    <Size bytes={partition.size_bytes} blockBytes={contents.block_bytes} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Frame>
      )}
      {contents.signatures.map((signature) =>
        signature.detail === null || isTable(signature) ? null : (
          <Text key={`${signature.type} ${signature.offset}`} size="xs" c="dimmed">
            {signatureName(signature)}: {signature.detail}
          </Text>
        ),
      )}
      {contents.problems.length > 0 && (
        <Notice tone="warn" title="Its partition table has faults">
          <ul>
            {contents.problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  );
}

import { Group, Loader, Text } from '@mantine/core';
import type { ExportCheck } from '../../../shared/model/export.ts';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Fields } from '../../components/fields.tsx';
import { SizeForms } from '../../components/values.tsx';
import { listed } from '../parts/count.ts';
import { Notice } from '../parts/notice.tsx';
import { Section } from '../parts/section.tsx';
import type { Asked } from '../parts/use-ask.ts';
import styles from './export.module.css';

/** What would become of the source, as it is typed. */
export function CheckView({ asked, atField }: { asked: Asked<ExportCheck>; atField: boolean }) {
  const { value, error, pending } = asked;
  return (
    <Section title="What peers will see">
      <div className={styles.check} aria-live="polite" aria-busy={pending}>
        {value !== null && <Facts check={value} />}
        {value === null && pending && (
          <Group gap={8}>
            <Loader size="xs" />
            <Text size="sm" c="dimmed">
              Looking at the source
            </Text>
          </Group>
        )}
        {value === null && !pending && (error === null || atField) && (
          <Text size="sm" c="dimmed">
            {error === null ? 'Shown as soon as there is a source.' : 'Nothing: the source cannot be opened.'}
          </Text>
        )}
        {error !== null && !atField && (
          <ErrorPanel
            title="The source was not looked at"
            error={error}
            events={false}
            onRetry={asked.again}
          />
        )}
      </div>
    </Section>
  );
}

function Facts({ check }: { check: ExportCheck }) {
  return (
    <>
      <Fields
        items={[
          { name: 'Label', value: check.label },
          { name: 'Serial', value: <span className="mono">{check.serial}</span>, copy: check.serial },
          { name: 'Size', value: <SizeForms bytes={check.size_bytes} blockBytes={check.block_bytes} /> },
          { name: 'Block', value: <span className="num">{check.block_bytes} B</span> },
        ]}
      />
      {check.in_use_by.length > 0 && (
        <Notice tone="warn" title="In use on this machine: it can be exported read-only">
          {listed(check.in_use_by)}. Two writers destroy a file system; end that use to export it for writing.
        </Notice>
      )}
      {check.read_only_reason !== null && (
        <Notice tone="info">Read-only whatever is chosen: {check.read_only_reason}.</Notice>
      )}
      {check.warnings.map((warning) => (
        <Notice key={warning} tone="warn">
          {warning}
        </Notice>
      ))}
    </>
  );
}

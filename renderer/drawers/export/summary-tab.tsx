import type { Export } from '../../../shared/model/export.ts';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Fields } from '../../components/fields.tsx';
import { LiveFigure } from '../../components/live-figure.tsx';
import { Badge } from '../../components/status/badges.tsx';
import { ACCESS_LOOKS, type Look } from '../../components/status/words.ts';
import { Age, NoValue, Size, SizeForms, Time } from '../../components/values.tsx';
import { useWatch } from '../../connection/index.ts';
import { allowText } from '../../dialogs/keys/allow-words.ts';
import { accessHint, accessText } from '../../pages/exports/cells.tsx';
import { useSettings } from '../../stores/settings.ts';
import { setOnline } from './acts.ts';
import styles from './export.module.css';

const WARNING: Look = { word: 'Warning', glyph: 'triangle', tone: 'warn', hint: 'Something to know' };

/** What is offered, and from what. */
export function SummaryTab({ item }: { item: Export }) {
  useWatch({ exports: [item.id] });
  const settings = useSettings();
  const key = `export:${item.id}` as const;
  const known = item.size_bytes > 0;
  return (
    <div className={styles.stack}>
      {item.error !== null && (
        <ErrorPanel
          title={`${item.label} is not offered`}
          error={{ code: 'local', message: item.error, field: null, holders: [] }}
          onRetry={() => setOnline([item], true)}
        />
      )}
      <Fields
        items={[
          { name: 'Label', value: item.label, copy: item.label },
          { name: 'Serial', value: <span className="mono">{item.serial}</span>, copy: item.serial },
          { name: 'Source', value: <span className="mono">{item.source}</span>, copy: item.source },
          {
            name: 'Size',
            value: known ? <SizeForms bytes={item.size_bytes} blockBytes={item.block_bytes} /> : <NoValue />,
          },
          { name: 'Allocated', value: known ? <Size bytes={item.allocated_bytes} /> : <NoValue /> },
          {
            name: 'Access',
            value: (
              <Badge
                look={ACCESS_LOOKS[item.read_only ? 'read_only' : 'granted']}
                word={accessText(item)}
                hint={accessHint(item)}
              />
            ),
          },
          { name: 'Allowed', value: allowText(item, settings) },
          item.warning === null
            ? null
            : {
                name: 'To know',
                value: (
                  <>
                    <Badge look={WARNING} /> {item.warning}
                  </>
                ),
              },
          { name: 'Clients now', value: item.clients.length },
          {
            name: 'Reads',
            value: (
              <Figures>
                <LiveFigure of={key} name="reads" /> r/s, <LiveFigure of={key} name="read_bytes" />
              </Figures>
            ),
          },
          {
            name: 'Writes',
            value: (
              <Figures>
                <LiveFigure of={key} name="writes" /> w/s, <LiveFigure of={key} name="written_bytes" />
              </Figures>
            ),
          },
          { name: 'Errors', value: <LiveFigure of={key} name="errors_total" /> },
          {
            name: 'Since',
            value: (
              <span>
                <Time at={item.since} /> (<Age at={item.since} />)
              </span>
            ),
          },
        ]}
      />
    </div>
  );
}

function Figures({ children }: { children: React.ReactNode }) {
  return <span className="tabular">{children}</span>;
}

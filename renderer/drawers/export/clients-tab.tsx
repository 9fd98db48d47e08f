import type { Export } from '../../../shared/model/export.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { isOffered, setOnline } from './acts.ts';
import styles from './export.module.css';

/** The peers that have the disk open now. */
export function ClientsTab({ item }: { item: Export }) {
  if (item.clients.length === 0) return <NoClients item={item} />;
  // One peer may have it open twice.
  const counts = new Map<string, number>();
  for (const client of item.clients) counts.set(client, (counts.get(client) ?? 0) + 1);
  return (
    <ul className={styles.clients} aria-label={`Peers that have ${item.label} open`}>
      {[...counts].map(([client, count]) => (
        <li key={client}>
          <span>
            <span className="mono">{client}</span>
            {count > 1 && ` (${count} sessions)`}
          </span>
          <CopyButton text={client} label={`Copy ${client}`} />
        </li>
      ))}
    </ul>
  );
}

function NoClients({ item }: { item: Export }) {
  if (isOffered(item)) return <EmptyState text={`No peer has ${item.label} open now.`} />;
  return (
    <EmptyState
      text={`${item.label} is not offered now, so no peer can open it.`}
      action={{ label: 'Put online', run: () => setOnline([item], true) }}
    />
  );
}

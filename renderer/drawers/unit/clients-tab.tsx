import { Text } from '@mantine/core';
import type { Unit, UnitClient } from '../../../shared/model/unit.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Fields } from '../../components/fields.tsx';
import { Age, Count, NoValue, Size, StaleValue, Time } from '../../components/values.tsx';
import { useHello } from '../../stores/settings.ts';
import { CardList, ItemCard } from '../item-card.tsx';
import { askExpose } from './acts.ts';
import styles from './unit.module.css';
import { useClients } from './use-clients.ts';

/** The programs that have a unit open over NBD now, and what they use it for. */
export function ClientsTab({ unit }: { unit: Unit }) {
  const { clients, at, error } = useClients(unit.name);
  const names = useHello()?.capabilities.process_names;
  // Jobs of ours have the unit open as well, and are no clients.
  const own = unit.users.filter((user) => clients?.every(({ remote }) => !user.endsWith(remote)) ?? false);
  return (
    <div className={styles.stack}>
      {error !== null && <ErrorPanel title={`The clients of ${unit.name} are not known now`} error={error} />}
      {clients !== null && clients.length === 0 && own.length === 0 && <NoClients unit={unit} />}
      {clients !== null && clients.length > 0 && (
        <StaleValue stale={error !== null} at={at}>
          <CardList label={`Clients of ${unit.name}`}>
            {clients.map((client) => (
              <ClientCard key={client.remote} client={client} />
            ))}
          </CardList>
        </StaleValue>
      )}
      {own.length > 0 && <Text size="sm">Also open by Spandrel itself: {own.join(', ')}</Text>}
      {names?.available === false && clients !== null && clients.length > 0 && (
        <Text size="sm" c="dimmed">
          Processes are not named: {names.reason}
          {names.fix !== null && <span className="mono"> ({names.fix})</span>}
        </Text>
      )}
    </div>
  );
}

function NoClients({ unit }: { unit: Unit }) {
  if (unit.nbd === null) {
    return (
      <EmptyState
        text={`No program can use ${unit.name}: it is not exposed over NBD.`}
        action={{ label: 'Expose…', run: () => askExpose(unit) }}
      />
    );
  }
  return (
    <EmptyState
      text={`No program uses ${unit.name} now. Programs connect to its NBD URI, or to a device made of it: see Summary.`}
    />
  );
}

function ClientCard({ client }: { client: UnitClient }) {
  const { process, remote, since, requests, read_bytes, written_bytes, uses } = client;
  return (
    <ItemCard title={process?.command ?? remote}>
      <Fields
        items={[
          process === null
            ? { name: 'Process', value: <NoValue /> }
            : { name: 'PID', value: process.pid, copy: String(process.pid) },
          process === null ? null : { name: 'User', value: process.user },
          { name: 'Remote', value: <span className="mono">{remote}</span> },
          {
            name: 'Since',
            value: (
              <span>
                <Time at={since} /> (<Age at={since} />)
              </span>
            ),
          },
          { name: 'Requests', value: <Count value={requests} /> },
          { name: 'Read', value: <Size bytes={read_bytes} /> },
          { name: 'Written', value: <Size bytes={written_bytes} /> },
          { name: 'Uses', value: uses.length === 0 ? 'None known' : uses.join(', ') },
        ]}
      />
    </ItemCard>
  );
}

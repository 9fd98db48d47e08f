import { UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Path } from '../../../shared/model/disk.ts';
import type { Unit, UnitClient } from '../../../shared/model/unit.ts';
import { HealthBadge, LiveBadge, PathBadge } from '../../components/status/badges.tsx';
import type { Look } from '../../components/status/words.ts';
import { openObject } from '../../stores/ui.ts';
import styles from './chain.module.css';
import { clientName } from './use-clients.ts';

const OFFERED: Look = { word: 'Offered', glyph: 'disc', tone: 'ok', hint: 'A peer offers it now' };
const NOT_OFFERED: Look = {
  word: 'Not offered',
  glyph: 'dash',
  tone: 'unknown',
  hint: 'No peer offers it now',
};
const IN_USE: Look = { word: 'In use', glyph: 'disc', tone: 'ok', hint: 'I/O is sent on this path' };
const SERVED: Look = { word: 'Served', glyph: 'disc', tone: 'ok', hint: 'Programs of this machine reach it' };
const HIDDEN: Look = { word: 'Hidden', glyph: 'dash', tone: 'unknown', hint: 'No program can reach it' };

/**
 * The way data takes, from the disk of the other machine to the programs of this one, as a picture made of
 * lists: it reads the same to those who do not see it.
 */
export function Chain({ unit, clients }: { unit: Unit; clients: readonly UnitClient[] | null }) {
  const offered = unit.paths.some(({ link }) => link === 'up');
  return (
    <ol className={styles.chain} aria-label="From the remote disk to the programs">
      <Step what="Remote disk" state={<LiveBadge look={offered ? OFFERED : NOT_OFFERED} />} flows={offered}>
        <Link label={`Open the remote disk ${unit.label}`} onClick={() => openDisk(unit)}>
          {unit.label}
        </Link>
      </Step>
      <Step what={unit.paths.length === 1 ? 'Path' : 'Paths'} flows={unit.paths.some(isInUse)}>
        {unit.paths.length === 0 ? (
          'No peer has offered it yet'
        ) : (
          <ul className={styles.branches}>
            {unit.paths.map((path) => (
              <Branch key={path.id} path={path} />
            ))}
          </ul>
        )}
      </Step>
      <Step what="Unit" state={<HealthBadge unit={unit} />} flows={unit.nbd !== null}>
        {unit.name}
        {unit.read_only && ', read-only'}
      </Step>
      <Step
        what="NBD"
        state={<LiveBadge look={unit.nbd === null ? HIDDEN : SERVED} />}
        flows={(clients?.length ?? 0) > 0}
      >
        <span className="mono">{unit.device ?? unit.nbd ?? ''}</span>
      </Step>
      <Step what="Programs" flows={false}>
        <Programs clients={clients} />
      </Step>
    </ol>
  );
}

function Step(props: { what: string; state?: ReactNode; flows: boolean; children: ReactNode }) {
  return (
    <li className={styles.step} data-flows={props.flows || undefined}>
      <div className={styles.what}>
        <span>{props.what}</span>
        {props.state}
      </div>
      <div className={styles.content}>{props.children}</div>
    </li>
  );
}

const isInUse = ({ use }: Path) => use === 'active';

function Branch({ path }: { path: Path }) {
  const { peer_id: peerId, peer, distance } = path;
  const hops = distance === 0 ? '' : `, ${distance} ${distance === 1 ? 'hop' : 'hops'}`;
  return (
    <li className={styles.branch} data-used={isInUse(path) || undefined}>
      <span>
        over{' '}
        {peerId === null ? (
          peer
        ) : (
          <Link label={`Open the peer ${peer}`} onClick={() => openObject({ kind: 'peer', id: peerId })}>
            {peer}
          </Link>
        )}
        {hops}
      </span>
      {isInUse(path) ? <LiveBadge look={IN_USE} /> : <PathBadge path={path} />}
    </li>
  );
}

function Programs({ clients }: { clients: readonly UnitClient[] | null }) {
  if (clients === null) return <span className="dim">Asking…</span>;
  if (clients.length === 0) return <span className="dim">None now</span>;
  return (
    <ul className={styles.branches}>
      {clients.map((client) => (
        <li key={client.remote} className={styles.branch} data-used>
          <span>
            {clientName(client)}
            {client.uses.length > 0 && `: ${client.uses.join(', ')}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Link({ label, onClick, children }: { label: string; onClick(): void; children: ReactNode }) {
  return (
    <UnstyledButton className={styles.link} aria-label={label} onClick={onClick}>
      {children}
    </UnstyledButton>
  );
}

function openDisk({ disk_id }: Unit): void {
  openObject({ kind: 'disk', id: disk_id }, { tab: 'summary' });
}

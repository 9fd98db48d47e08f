import { Button } from '@mantine/core';
import { Network, Play, Upload } from 'lucide-react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { useSubmit } from '../../components/form/index.ts';
import { call } from '../../connection/index.ts';
import { openDialog, openObject, openPage } from '../../stores/ui.ts';
import styles from './overview.module.css';

/** Nothing is configured: what this is, and the ways to begin. */
export function FirstRun() {
  const demo = useSubmit(
    // Not cancelled when this goes: it goes as soon as there is something of the demo to show.
    () => call('demo.start', {}),
    ({ unit }) => {
      openPage('overview');
      openObject({ kind: 'unit', id: unit });
    },
  );
  const starting = demo.busySince !== null;
  return (
    <section className={styles.first} aria-labelledby="welcome">
      <h2 id="welcome">Disks of other machines, used here as if they were local</h2>
      <p>
        A peer offers a remote disk (a span); attach it, and it is here as a disk of this machine (xa0) that
        keeps working over another path when one is lost.
      </p>
      {demo.error !== null && (
        <ErrorPanel title="The demo did not start" error={demo.error} onRetry={() => void demo.submit()} />
      )}
      <div className={styles.ways}>
        <div className={styles.way}>
          <h3>
            <Network size={17} aria-hidden="true" /> Use a disk
          </h3>
          <p>Connect to a machine that exports disks. Nothing is sent anywhere else.</p>
          <Button onClick={() => openDialog({ kind: 'add_peer' })}>Add peer</Button>
        </div>
        <div className={styles.way}>
          <h3>
            <Play size={17} aria-hidden="true" /> Try it
          </h3>
          <p>
            A disk of 256 MiB in memory, exported, attached over two paths and under a light load. Nothing is
            kept.
          </p>
          <Button variant="default" loading={starting} onClick={() => void demo.submit()}>
            Start demo
          </Button>
        </div>
        <div className={styles.way}>
          <h3>
            <Upload size={17} aria-hidden="true" /> Offer a disk
          </h3>
          <p>Let other machines attach a file or block device of this one.</p>
          <Button variant="default" onClick={() => openDialog({ kind: 'export' })}>
            Export a disk
          </Button>
        </div>
      </div>
    </section>
  );
}

import { ActionIcon, Tooltip } from '@mantine/core';
import { Maximize2, Minimize2, X } from 'lucide-react';
import { type PointerEvent, useState } from 'react';
import { z } from 'zod';
import { DRAWERS } from '../drawers/registry.tsx';
import { useLayout } from '../stores/layout.ts';
import { closeObject, setFull, useRoute } from '../stores/ui.ts';
import styles from './shell.module.css';

const NARROWEST = 340;
const WIDEST = 1100;
const STEP = 24;
const Width = z.number().min(NARROWEST).max(WIDEST);

/** The object chosen, at the right of the page or instead of it. */
export function Drawer() {
  const { object, full } = useRoute();
  const [stored, store] = useLayout('shell.drawer_width', Width, 460);
  const [dragged, setDragged] = useState<number | null>(null);
  if (object === null) return null;
  const width = dragged ?? stored;
  const Content = DRAWERS[object.kind];
  const clamp = (px: number) =>
    Math.round(Math.min(Math.max(px, NARROWEST), Math.min(WIDEST, window.innerWidth - 80)));

  const drag = (event: PointerEvent<HTMLElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    setDragged(clamp(window.innerWidth - event.clientX));
  };
  return (
    <aside
      role={full ? 'main' : undefined}
      className={styles.drawer}
      data-region
      data-full={full || undefined}
      style={full ? {} : { width }}
      aria-label="Details"
      tabIndex={-1}
    >
      {!full && (
        // biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved
        <button
          type="button"
          role="separator"
          className={styles.grip}
          aria-orientation="vertical"
          aria-label="Width of the details"
          aria-valuenow={width}
          aria-valuemin={NARROWEST}
          aria-valuemax={WIDEST}
          onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
          onPointerMove={drag}
          onPointerUp={() => {
            if (dragged !== null) store(dragged);
            setDragged(null);
          }}
          onKeyDown={(event) => {
            const step = event.key === 'ArrowLeft' ? STEP : event.key === 'ArrowRight' ? -STEP : 0;
            if (step !== 0) store(clamp(width + step));
          }}
        />
      )}
      <div className={styles.drawerBar}>
        <Tooltip label={full ? 'Back beside the page' : 'Fill the page'}>
          <ActionIcon
            aria-label={full ? 'Back beside the page' : 'Fill the page'}
            onClick={() => setFull(!full)}
          >
            {full ? <Minimize2 size={15} /> : <Maximize2 size={15} />}
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Close (Esc)">
          <ActionIcon aria-label="Close the details" onClick={closeObject}>
            <X size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className={styles.drawerBody}>
        <Content key={`${object.kind}:${object.id}`} id={object.id} />
      </div>
    </aside>
  );
}

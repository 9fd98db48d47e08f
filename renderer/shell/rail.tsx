import { Tooltip } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { PanelLeftClose, PanelLeftOpen } from 'lucide-react';
import { z } from 'zod';
import { keyHint } from '../keys/keymap.ts';
import { PAGE_ENTRIES } from '../pages/registry.tsx';
import { useLayout } from '../stores/layout.ts';
import { PAGES } from '../stores/route.ts';
import { openPage, useRoute } from '../stores/ui.ts';
import styles from './shell.module.css';

const Collapsed = z.boolean();

/** The pages. */
export function Rail() {
  const { page } = useRoute();
  const [wish, setCollapsed] = useLayout('shell.rail_collapsed', Collapsed, false);
  const narrow = useMediaQuery('(max-width: 1040px)', false, { getInitialValueInEffect: false });
  const collapsed = wish || narrow;
  return (
    <nav className={styles.rail} data-collapsed={collapsed || undefined} data-region aria-label="Pages">
      {PAGES.map((name) => {
        const { label, hint, icon: Icon } = PAGE_ENTRIES[name];
        return (
          <Tooltip
            key={name}
            position="right"
            disabled={!collapsed}
            label={`${collapsed ? `${label}: ` : ''}${hint} (${keyHint(`page_${name}`)})`}
          >
            <a
              href={`#/${name}`}
              className={styles.railItem}
              aria-current={page === name ? 'page' : undefined}
              aria-label={label}
              onClick={(event) => {
                event.preventDefault();
                openPage(name);
              }}
            >
              <Icon size={18} strokeWidth={1.8} aria-hidden="true" />
              {!collapsed && <span className={styles.railLabel}>{label}</span>}
            </a>
          </Tooltip>
        );
      })}
      {!narrow && (
        <button
          type="button"
          className={`${styles.railItem} ${styles.railEnd}`}
          aria-label={collapsed ? 'Show labels' : 'Hide labels'}
          onClick={() => setCollapsed(!wish)}
        >
          {collapsed ? <PanelLeftOpen size={18} /> : <PanelLeftClose size={18} />}
          {!collapsed && <span className={styles.railLabel}>Collapse</span>}
        </button>
      )}
    </nav>
  );
}

import { Button, CloseButton, Select, TextInput } from '@mantine/core';
import { Search } from 'lucide-react';
import type { KeyboardEvent, ReactNode } from 'react';
import { PageActions, useInPage } from '../page.tsx';
import { Time } from '../values.tsx';
import type { Grouping } from './props.ts';
import styles from './table.module.css';

/** Filter, groups, the order's age, columns; what can be done with rows stands in the head of the page. */
export function TableToolbar<R>(props: {
  label: string;
  filter: string;
  onFilter(filter: string): void;
  onLeave(): void;
  groupings: readonly Grouping<R>[];
  group: string | null;
  onGroup(group: string | null): void;
  /** What the rows are sorted by, if that changes by itself. */
  live: { header: string; at: number } | null;
  onRefresh(): void;
  count: string;
  acts: ReactNode;
  chooser: ReactNode;
}) {
  const keyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Escape' && props.filter !== '') props.onFilter('');
    else if (event.key === 'Escape' || event.key === 'ArrowDown' || event.key === 'Enter') props.onLeave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const inPage = useInPage();
  return (
    <div className={styles.toolbar}>
      <div className={styles.tools} role="toolbar" aria-label={`${props.label}: filter and columns`}>
        <TextInput
          className={styles.filter}
          data-filter
          aria-label={`Filter ${props.label}`}
          placeholder="Filter  ( / )"
          leftSection={<Search size={14} />}
          rightSection={
            props.filter === '' ? null : (
              <CloseButton size="xs" aria-label="Clear the filter" onClick={() => props.onFilter('')} />
            )
          }
          value={props.filter}
          maxLength={200}
          onChange={(event) => props.onFilter(event.currentTarget.value)}
          onKeyDown={keyDown}
        />
        {props.groupings.length > 0 && (
          <Select
            className={styles.group_by}
            aria-label="Group by"
            data={[
              { value: '', label: 'No groups' },
              ...props.groupings.map(({ id, label }) => ({ value: id, label: `By ${label}` })),
            ]}
            value={props.group ?? ''}
            onChange={(value) => props.onGroup(value === '' ? null : value)}
          />
        )}
        <span className={styles.count} role="status">
          {props.count}
        </span>
        {props.live !== null && (
          <span className={styles.count}>
            by {props.live.header} at <Time at={props.live.at} />{' '}
            <Button variant="subtle" size="compact-xs" onClick={props.onRefresh}>
              Sort anew (R)
            </Button>
          </span>
        )}
        {!inPage && props.acts}
        {props.chooser}
      </div>
      {inPage && <PageActions>{props.acts}</PageActions>}
    </div>
  );
}

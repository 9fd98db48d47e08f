import { ActionIcon, Button, Checkbox, Group, Popover, Text } from '@mantine/core';
import { ArrowDown, ArrowUp, Columns3 } from 'lucide-react';
import type { Column } from './column.ts';
import styles from './table.module.css';
import type { ColumnsTable } from './use-columns.ts';

/** Which columns are shown, and in which order. */
export function ColumnChooser<R, S>({
  columns,
  table,
  onReset,
}: {
  columns: readonly Column<R, S>[];
  table: ColumnsTable;
  onReset(): void;
}) {
  const ordered = table.getAllLeafColumns().map(({ id }) => id);
  const move = (id: string, by: -1 | 1) => {
    const order = [...ordered];
    const at = order.indexOf(id);
    order.splice(at, 1);
    order.splice(at + by, 0, id);
    table.setColumnOrder(order);
  };
  return (
    <Popover position="bottom-end" trapFocus returnFocus shadow="md">
      <Popover.Target>
        <Button variant="default" leftSection={<Columns3 size={14} />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={styles.chooser} aria-label="Columns">
        {ordered.map((id, index) => {
          const column = columns.find((one) => one.id === id);
          const state = table.getColumn(id);
          if (column === undefined || state === undefined) return null;
          return (
            <Group key={id} wrap="nowrap" gap={4} justify="space-between">
              <Checkbox
                checked={state.getIsVisible()}
                disabled={column.fixed === true}
                label={column.header}
                description={column.description}
                onChange={(event) => state.toggleVisibility(event.currentTarget.checked)}
              />
              <Group gap={0} wrap="nowrap">
                <ActionIcon
                  aria-label={`Move ${column.header} left`}
                  disabled={index === 0}
                  onClick={() => move(id, -1)}
                >
                  <ArrowUp size={14} />
                </ActionIcon>
                <ActionIcon
                  aria-label={`Move ${column.header} right`}
                  disabled={index === ordered.length - 1}
                  onClick={() => move(id, 1)}
                >
                  <ArrowDown size={14} />
                </ActionIcon>
              </Group>
            </Group>
          );
        })}
        <Group justify="space-between" mt="xs">
          <Text size="xs" c="dimmed">
            Drag a header’s edge for its width
          </Text>
          <Button variant="default" onClick={onReset}>
            Reset
          </Button>
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
}

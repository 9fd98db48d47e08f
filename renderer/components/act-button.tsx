import { Button, type ButtonProps, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';

/**
 * A button for something that cannot be done at all times. While it cannot, it stays where it is and can be
 * reached, so that its reason can be read and heard; it does nothing.
 */
export function ActButton(
  props: Pick<ButtonProps, 'variant' | 'color' | 'size' | 'leftSection' | 'loading'> & {
    /** Why it cannot be done now; null: it can. */
    reason: string | null;
    /** Its full name where the text alone does not tell what it acts on. */
    label?: string;
    onClick(): void;
    children: ReactNode;
  },
) {
  const { reason, label, onClick, children, variant = 'default', ...rest } = props;
  const blocked = reason !== null;
  return (
    <Tooltip label={reason ?? ''} disabled={!blocked}>
      <Button
        {...rest}
        variant={variant}
        aria-label={label}
        aria-disabled={blocked || undefined}
        data-disabled={blocked}
        onClick={(event) => {
          event.stopPropagation();
          if (!blocked) onClick();
        }}
      >
        {children}
      </Button>
    </Tooltip>
  );
}

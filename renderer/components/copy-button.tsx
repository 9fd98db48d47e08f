import { ActionIcon, Tooltip } from '@mantine/core';
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';

/** Copies a text; says so for a moment. */
export function CopyButton({
  text,
  label = 'Copy',
  inRow = false,
}: {
  text: string;
  label?: string;
  /** In a table, whose one tab stop is the grid. */
  inRow?: boolean;
}) {
  const [copied, setCopied] = useState<'no' | 'yes' | 'failed'>('no');
  useEffect(() => {
    if (copied === 'no') return;
    const timer = setTimeout(() => setCopied('no'), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const words = {
    no: label,
    yes: 'Copied',
    failed: 'The browser did not allow it: select the text and copy it',
  };
  return (
    <Tooltip label={words[copied]}>
      <ActionIcon
        size="sm"
        aria-label={words[copied]}
        tabIndex={inRow ? -1 : 0}
        onClick={(event) => {
          event.stopPropagation();
          void copyText(text).then((ok) => setCopied(ok ? 'yes' : 'failed'));
        }}
      >
        {copied === 'yes' ? <Check size={14} /> : <Copy size={14} />}
      </ActionIcon>
    </Tooltip>
  );
}

/** @returns whether it is in the clipboard */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

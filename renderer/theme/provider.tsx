import { MantineProvider } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { Notifications } from '@mantine/notifications';
import { setNonce } from 'get-nonce';
import { type ReactNode, useEffect } from 'react';
import { useSettings } from '../stores/settings.ts';
import { cssVariables, theme } from './theme.ts';

/**
 * The content security policy lets only style elements with this nonce in. Mantine is given it as an
 * option; react-remove-scroll, which Mantine's dialogs use, asks get-nonce.
 */
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
if (nonce !== '') setNonce(nonce);

/** Is a dark scheme asked for, by the settings or the system? */
export function useDark(): boolean {
  const { theme: wanted } = useSettings();
  const systemDark = useMediaQuery('(prefers-color-scheme: dark)', false, { getInitialValueInEffect: false });
  return wanted === 'dark' || (wanted !== 'light' && systemDark);
}

/** Theme, colour scheme and toasts around the page. */
export function ThemeProvider({ children }: { children: ReactNode }) {
  const { theme: wanted } = useSettings();
  const systemContrast = useMediaQuery('(prefers-contrast: more)', false, { getInitialValueInEffect: false });
  const more = wanted === 'contrast' || systemContrast;
  useEffect(() => {
    document.documentElement.dataset.contrast = more ? 'more' : 'normal';
  }, [more]);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      forceColorScheme={useDark() ? 'dark' : 'light'}
      getStyleNonce={() => nonce}
    >
      {children}
      {/* Under dialogs, which are 200: a toast never covers the button someone is about to press. */}
      <Notifications position="bottom-right" limit={4} zIndex={150} aria-live="polite" />
    </MantineProvider>
  );
}

import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

/**
 * Palettes made from the colours of the design (tokens.css): 7 is what is filled, and text on white; 4 is
 * text on dark. White on 7 has 5:1 or more.
 */
const ok: MantineColorsTuple = [
  '#e3f7f1',
  '#c9eee2',
  '#98dcc6',
  '#60cbae',
  '#2fbf97',
  '#12a07b',
  '#008a66',
  '#00785a',
  '#00644b',
  '#004a38',
];
const warn: MantineColorsTuple = [
  '#fff6e0',
  '#ffeabf',
  '#fbd98a',
  '#f6c65a',
  '#f0b429',
  '#cf8f10',
  '#b37205',
  '#9a5b00',
  '#7f4b00',
  '#5e3800',
];
const err: MantineColorsTuple = [
  '#fdecea',
  '#fbd9d6',
  '#f7b8b2',
  '#ff9e95',
  '#ff8a80',
  '#e0564b',
  '#c93a30',
  '#b3261e',
  '#951e17',
  '#6e1510',
];
const info: MantineColorsTuple = [
  '#e6f4fc',
  '#cfe8f8',
  '#a5d4f0',
  '#7cc4ec',
  '#56b4e9',
  '#2f94cf',
  '#0c76b0',
  '#00629b',
  '#00527f',
  '#003f63',
];
const gray: MantineColorsTuple = [
  '#f8f9fa',
  '#f1f3f5',
  '#e6e9ed',
  '#d5dae0',
  '#bcc4cc',
  '#9aa4ae',
  '#5f6770',
  '#515962',
  '#343a40',
  '#212529',
];
const dark: MantineColorsTuple = [
  '#e3e7ec',
  '#c3cad2',
  '#a3adb7',
  '#87929d',
  '#3a434d',
  '#2a323a',
  '#1f262d',
  '#14181d',
  '#101317',
  '#0b0d10',
];

export const theme = createTheme({
  colors: { ok, warn, err, info, gray, dark, red: err, blue: info, teal: ok, green: ok, yellow: warn },
  primaryColor: 'info',
  primaryShade: { light: 7, dark: 7 },
  // What the system has: no font is fetched.
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace:
    'ui-monospace, SFMono-Regular, "Cascadia Mono", "Noto Sans Mono", "Liberation Mono", "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '19px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 'md' } },
    TextInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs', allowDeselect: false } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'xs' } },
    Radio: { defaultProps: { size: 'xs' } },
    Tooltip: {
      defaultProps: {
        openDelay: 400,
        withArrow: true,
        multiline: true,
        maw: 360,
        events: { hover: true, focus: true, touch: true },
      },
    },
    Modal: {
      defaultProps: {
        centered: true,
        styles: { title: { fontWeight: 650, fontSize: '15px' } },
        // A dialog stands outside of the page, where a <header> would be the page's.
        attributes: { header: { role: 'presentation' } },
        transitionProps: { duration: 80 },
        closeButtonProps: { 'aria-label': 'Close' },
      },
    },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } },
    Menu: {
      defaultProps: {
        transitionProps: { duration: 60 },
        // It takes the focus without being an item, which a menu may not have.
        withInitialFocusPlaceholder: false,
        // In a window lower than the menu it is cut to fit and scrolls: the window itself never does.
        floatingStrategy: 'fixed',
        middlewares: { flip: { fallbackStrategy: 'bestFit' }, size: { padding: 8 } },
        styles: { dropdown: { overflowY: 'auto' } },
      },
    },
    Popover: { defaultProps: { transitionProps: { duration: 60 } } },
    Progress: { defaultProps: { transitionDuration: 0 } },
  },
});

/** Mantine's own names for the colours of tokens.css, so that its parts have their contrast. */
export const cssVariables: CSSVariablesResolver = () => {
  const both = {
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-body': 'var(--surface)',
    '--mantine-color-dimmed': 'var(--text-dim)',
    '--mantine-color-placeholder': 'var(--text-dim)',
    '--mantine-color-error': 'var(--err)',
    '--mantine-color-success': 'var(--ok)',
    '--mantine-color-anchor': 'var(--info)',
    '--mantine-color-default-border': 'var(--border)',
  };
  return { variables: {}, light: both, dark: both };
};

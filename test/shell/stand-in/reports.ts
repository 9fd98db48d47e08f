/** What the stand-in tells the test that started it, besides the answers to what it was asked. */
export type Report =
  | { readonly event: 'window'; readonly what: 'created' | 'show' | 'hide' | 'focus' | 'maximize' | 'closed' }
  | { readonly event: 'loaded'; readonly url: string }
  | { readonly event: 'dialog'; readonly kind: DialogKind; readonly options: Record<string, unknown> }
  | { readonly event: 'notification'; readonly title: string; readonly body: string }
  | { readonly event: 'external'; readonly url: string }
  | { readonly event: 'tray'; readonly tooltip: string }
  | { readonly event: 'window-open'; readonly url: string }
  | { readonly event: 'navigation-refused'; readonly url: string }
  | { readonly event: 'problem'; readonly text: string }
  | { readonly event: 'download'; readonly url: string; readonly allowed: boolean }
  | { readonly event: 'network'; readonly url: string }
  | { readonly event: 'scripted'; readonly what: string; readonly value: unknown };

export type DialogKind = 'message' | 'error' | 'open' | 'save';

export function report(what: Report): void {
  process.send?.(what);
}

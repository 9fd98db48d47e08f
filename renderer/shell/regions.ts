/** Parts of the window F6 goes round: elements marked `data-region`, in the order of the document. */
export function focusRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter(
    (region) => region.offsetParent !== null,
  );
  if (regions.length === 0) return;
  const current = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(current + step + regions.length) % regions.length];
  (next?.querySelector<HTMLElement>(FIRST) ?? next)?.focus();
}

/** Where the focus goes in a region: its table, its chosen tab or page, else what comes first. */
const FIRST =
  '[data-grid], [aria-current="page"], [role="tab"][aria-selected="true"], button:not([tabindex="-1"]):not(:disabled), input:not(:disabled), a[href]';

/** Put the cursor into the filter of the page. */
export function focusFilter(): void {
  const filter = document.querySelector<HTMLInputElement>('main [data-filter]');
  filter?.focus();
  filter?.select();
}

import type { Locator, Page } from 'playwright';
import { expect } from './app.ts';

/** What people do over and over, by the names they read. */

export type PageLabel =
  | 'Overview'
  | 'Remote disks'
  | 'Attached disks'
  | 'Peers'
  | 'Exports'
  | 'Performance'
  | 'Activity'
  | 'Settings';

export const PAGE_LABELS: readonly PageLabel[] = [
  'Overview',
  'Remote disks',
  'Attached disks',
  'Peers',
  'Exports',
  'Performance',
  'Activity',
  'Settings',
];

/** The open dialog. */
export function dialog(page: Page, name?: string | RegExp): Locator {
  return name === undefined ? page.getByRole('dialog') : page.getByRole('dialog', { name });
}

/** The drawer of the object chosen. */
export function drawer(page: Page): Locator {
  return page.getByRole('complementary', { name: 'Details' });
}

/** A row of a table by a part of its name: `/^xa0 /`. */
export function row(page: Page, name: string | RegExp): Locator {
  return page.getByRole('main').getByRole('row', { name });
}

/** The cell of a row under a header. */
export async function cell(page: Page, of: Locator, header: string): Promise<Locator> {
  const headers = await page.getByRole('main').getByRole('columnheader').allInnerTexts();
  const index = headers.findIndex((text) => text.trim() === header);
  expect(index, `a column "${header}" among ${headers.join(', ')}`).toBeGreaterThanOrEqual(0);
  return of.getByRole('gridcell').nth(index);
}

/** Open the object of a row by a click on one of its plain cells: a size would change the units. */
export async function openRow(page: Page, of: Locator, header: 'Label' | 'Name' | 'Job'): Promise<Locator> {
  await (await cell(page, of, header)).click();
  const details = drawer(page);
  await details.waitFor();
  return details;
}

export async function goTo(page: Page, label: PageLabel): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: label }).click();
  await page.getByRole('heading', { level: 1, name: label }).waitFor();
}

/** Open the dialog of a new peer and fill in its address. */
export async function openAddPeer(page: Page, address: string): Promise<Locator> {
  await goTo(page, 'Peers');
  await page.getByRole('main').getByRole('button', { name: 'Add peer' }).first().click();
  const form = dialog(page, 'Add peer');
  await form.getByLabel('Address', { exact: true }).fill(address);
  return form;
}

/** Add a peer and wait until it is linked. */
export async function addPeer(page: Page, address: string, name: string): Promise<void> {
  const form = await openAddPeer(page, address);
  await form.getByLabel('Name', { exact: true }).fill(name);
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await form.waitFor({ state: 'detached' });
  await row(page, new RegExp(`^${name}, Connected`)).waitFor();
}

export async function openAttach(page: Page, label: string): Promise<Locator> {
  await goTo(page, 'Remote disks');
  await page.getByRole('button', { name: `Attach ${label}` }).click();
  return dialog(page, `Attach ${label}`);
}

/**
 * Attach a remote disk.
 * @param choose fills in the dialog before it is submitted
 * @returns the name of the unit
 */
export async function attach(
  page: Page,
  label: string,
  choose: (form: Locator) => Promise<void> = async () => {},
): Promise<string> {
  const form = await openAttach(page, label);
  await choose(form);
  await form.getByRole('button', { name: 'Attach', exact: true }).click();
  await form.waitFor({ state: 'detached' });
  const open = row(page, new RegExp(`^${label}, .*attached as`)).getByRole('button', { name: /^Open xa\d+/ });
  return (await open.innerText()).trim();
}

/** Show a unit in the drawer, at a tab. */
export async function openUnit(page: Page, unit: string, tab?: string): Promise<Locator> {
  await goTo(page, 'Attached disks');
  const details = await openRow(page, row(page, new RegExp(`^${unit} `)), 'Name');
  if (tab !== undefined) await details.getByRole('tab', { name: tab, exact: true }).click();
  return details;
}

/** The NBD URI of a unit, as the table shows it. */
export async function nbdUri(page: Page, unit: string): Promise<string> {
  await goTo(page, 'Attached disks');
  const uri = row(page, new RegExp(`^${unit} `)).getByText(/^nbd/);
  return (await uri.innerText()).trim();
}

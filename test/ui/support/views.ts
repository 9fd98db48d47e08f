import type { Locator, Page } from 'playwright';
import { expect } from './app.ts';
import { dialog, drawer, goTo, openRow, PAGE_LABELS, row } from './steps.ts';

/** Everything there is to look at on a `Site` that has been enlivened. */
export interface View {
  /** As a file may be called. */
  readonly name: string;
  /** The part of the window it is about, as a selector. */
  readonly part: 'main' | 'aside' | '[role=dialog]';
  /** Show it, from whatever is shown before. */
  show(page: Page): Promise<void>;
}

const slug = (text: string): string => text.toLowerCase().replaceAll(/[^a-z]+/g, '-');

/** Close dialogs, menus and the drawer. */
async function clear(page: Page): Promise<void> {
  const open = page
    .getByRole('dialog')
    .or(page.getByRole('menu'))
    .or(page.getByRole('listbox'))
    .or(drawer(page));
  for (let tries = 0; tries < 6 && (await open.count()) > 0; tries++) await page.keyboard.press('Escape');
  await expect(open).toHaveCount(0);
}

async function cleared(page: Page, label: (typeof PAGE_LABELS)[number]): Promise<Locator> {
  await clear(page);
  await goTo(page, label);
  return page.getByRole('main');
}

const pages: readonly View[] = PAGE_LABELS.map((label) => ({
  name: slug(label),
  part: 'main',
  show: async (page) => {
    const main = await cleared(page, label);
    await expect(main.getByRole('progressbar', { name: 'Loading' })).toHaveCount(0);
  },
}));

const activity: readonly View[] = ['Jobs', 'Events', 'Log'].map((tab) => ({
  name: `activity-${slug(tab)}`,
  part: 'main',
  show: async (page) => {
    const main = await cleared(page, 'Activity');
    await main.getByRole('tab', { name: tab }).click();
  },
}));

const SECTIONS = [
  'Units & locale',
  'Connections',
  'Security',
  'Failover policy',
  'Notifications',
  'Retention',
  'Metrics endpoint',
  'Import & export',
  'Diagnostics',
  'About',
] as const;

const settings: readonly View[] = SECTIONS.map((section) => ({
  name: `settings-${slug(section)}`,
  part: 'main',
  show: async (page) => {
    const main = await cleared(page, 'Settings');
    await main.getByRole('button', { name: section, exact: true }).click();
    await main.getByRole('heading', { level: 2, name: section }).waitFor();
    await expect(main.getByText('Asking for the keys')).toHaveCount(0);
  },
}));

const paths: View = {
  name: 'attached-disks-paths',
  part: 'main',
  show: async (page) => {
    await cleared(page, 'Attached disks');
    for (const unit of await row(page, /^xa\d /).all()) {
      const show = unit.getByRole('button', { name: 'Show paths' });
      if ((await show.count()) > 0) await show.click();
    }
    await expect(row(page, /^path over /).first()).toBeVisible();
  },
};

interface Shown {
  readonly kind: string;
  readonly label: (typeof PAGE_LABELS)[number];
  readonly row: RegExp;
  readonly column: 'Name' | 'Label' | 'Job';
  readonly tabs: readonly string[];
}

const OBJECTS: readonly Shown[] = [
  {
    kind: 'unit',
    label: 'Attached disks',
    row: /^xa0 /,
    column: 'Name',
    tabs: ['Summary', 'Paths', 'Performance', 'Clients', 'Contents', 'Events', 'Options', 'Raw'],
  },
  {
    kind: 'disk',
    label: 'Remote disks',
    row: /photos/,
    column: 'Label',
    tabs: ['Summary', 'Paths', 'Contents', 'Events', 'Raw'],
  },
  {
    kind: 'peer',
    label: 'Peers',
    row: /^nas-1,/,
    column: 'Name',
    tabs: ['Summary', 'Disks', 'Events', 'Raw'],
  },
  {
    kind: 'export',
    label: 'Exports',
    row: /library/,
    column: 'Label',
    tabs: ['Summary', 'Clients', 'Performance', 'Options', 'Events', 'Raw'],
  },
  { kind: 'job', label: 'Activity', row: /archive-copy/, column: 'Job', tabs: ['Summary', 'Events', 'Raw'] },
];

const drawers: readonly View[] = OBJECTS.flatMap(({ kind, label, row: name, column, tabs }) =>
  tabs.map((tab) => ({
    name: `${kind}-${slug(tab)}`,
    part: 'aside' as const,
    show: async (page: Page) => {
      await clear(page);
      await goTo(page, label);
      if (kind === 'job') await page.getByRole('tab', { name: 'Jobs' }).click();
      const details = await openRow(page, row(page, name).first(), column);
      await details.getByRole('tab', { name: tab, exact: true }).click();
      await expect(details.getByRole('tabpanel')).toBeVisible();
      await expect(details.getByRole('progressbar', { name: 'Loading' })).toHaveCount(0);
    },
  })),
);

/** A dialog, by the way to it. */
function shown(name: string, title: string | RegExp, way: (page: Page) => Promise<void>): View {
  return {
    name: `dialog-${name}`,
    part: '[role=dialog]',
    show: async (page) => {
      await clear(page);
      await way(page);
      await dialog(page, title).waitFor();
    },
  };
}

/** An entry of the menu of a row. */
async function fromMenu(
  page: Page,
  label: (typeof PAGE_LABELS)[number],
  name: RegExp,
  entry: string | RegExp,
): Promise<void> {
  await goTo(page, label);
  await row(page, name)
    .first()
    .click({ button: 'right', position: { x: 120, y: 12 } });
  await page.getByRole('menuitem', { name: entry }).click();
}

const fromPalette = (text: string, action: string) => async (page: Page) => {
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Search or do').fill(text);
  const found = dialog(page).getByRole('button', { name: new RegExp(`^${action}`) });
  await found.click();
};

const dialogs: readonly View[] = [
  shown('add-peer', 'Add peer', async (page) => {
    await goTo(page, 'Peers');
    await page.getByRole('main').getByRole('button', { name: 'Add peer' }).first().click();
  }),
  shown('add-peer-tested', 'Add peer', async (page) => {
    await goTo(page, 'Peers');
    const address = /127\.0\.0\.1:\d+/.exec(await row(page, /^nas-1,/).innerText())?.[0] ?? '';
    await page.getByRole('main').getByRole('button', { name: 'Add peer' }).first().click();
    const form = dialog(page, 'Add peer');
    await form.getByLabel('Address', { exact: true }).fill(address);
    await form.getByRole('button', { name: 'Test', exact: true }).click();
    await form.getByRole('list', { name: 'Disks offered' }).waitFor();
  }),
  shown('add-peer-failed', 'Add peer', async (page) => {
    await goTo(page, 'Peers');
    const address = /127\.0\.0\.1:\d+/.exec(await row(page, /^attic,/).innerText())?.[0] ?? '';
    await page.getByRole('main').getByRole('button', { name: 'Add peer' }).first().click();
    const form = dialog(page, 'Add peer');
    await form.getByLabel('Address', { exact: true }).fill(address);
    await form.getByRole('button', { name: 'Test', exact: true }).click();
    await form.getByRole('button', { name: 'Test again' }).waitFor();
  }),
  shown('edit-peer', /^Edit/, (page) => fromMenu(page, 'Peers', /^nas-1,/, 'Edit…')),
  shown('forget-peer', /^Forget/, (page) => fromMenu(page, 'Peers', /^nas-1,/, /^Forget…/)),
  shown('attach', /^Attach/, async (page) => {
    await goTo(page, 'Remote disks');
    await page.getByRole('button', { name: /^Attach .*photos/ }).click();
    await expect(
      dialog(page)
        .getByRole('status')
        .filter({ hasText: /ooking|eading/ }),
    ).toHaveCount(0);
  }),
  shown('detach', /^Detach xa0/, async (page) => {
    await fromMenu(page, 'Attached disks', /^xa0 /, /^Detach…/);
    await dialog(page).getByRole('table', { name: 'In use by' }).waitFor();
  }),
  shown('detach-force', /by force/, async (page) => {
    await fromMenu(page, 'Attached disks', /^xa0 /, /^Detach…/);
    await dialog(page).getByRole('button', { name: 'Force…' }).click();
  }),
  shown('hide', /^Hide/, (page) => fromMenu(page, 'Attached disks', /^xa0 /, /^Hide/)),
  // Last on its page: the selection it makes stays.
  shown('detach-several', /^Detach 2/, async (page) => {
    await goTo(page, 'Attached disks');
    await page.getByRole('treegrid').focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('d');
    await dialog(page).getByText('in use', { exact: false }).first().waitFor();
  }),
  shown('export', 'Export', async (page) => {
    await goTo(page, 'Exports');
    const library = /\/\S+\/library\.img/.exec(await row(page, /library/).innerText())?.[0] ?? '';
    await page.getByRole('main').getByRole('button', { name: 'Export…' }).first().click();
    // Another file beside it.
    await dialog(page).getByLabel('Path').fill(library.replace('library.img', 'swap'));
    await dialog(page).getByText('16.0 MiB').first().waitFor();
  }),
  shown('export-keys', 'Export', async (page) => {
    await goTo(page, 'Exports');
    await page.getByRole('main').getByRole('button', { name: 'Export…' }).first().click();
    const form = dialog(page, 'Export');
    await form.getByText('Memory', { exact: true }).click();
    await form.getByRole('textbox', { name: 'Size' }).fill('16MiB');
    await form.getByRole('combobox', { name: 'Or a known peer' }).click();
    await page.getByRole('option', { name: 'vault.example:987' }).click();
    await form.getByRole('textbox', { name: 'Key', exact: true }).fill('SHA256:no');
    await form.getByText('not 43').scrollIntoViewIfNeeded();
  }),
  shown('revoke-key', 'Revoke a key', async (page) => {
    await goTo(page, 'Settings');
    await page.getByRole('button', { name: 'Security', exact: true }).click();
    await page.getByRole('button', { name: 'Revoke the key of vault.example:987' }).click();
  }),
  shown('unrevoke-key', 'Un-revoke a key', async (page) => {
    await goTo(page, 'Settings');
    await page.getByRole('button', { name: 'Security', exact: true }).click();
    await page.getByRole('button', { name: /^Un-revoke SHA256/ }).click();
  }),
  shown('forget-key', /^Forget the key/, async (page) => {
    await goTo(page, 'Settings');
    await page.getByRole('button', { name: 'Security', exact: true }).click();
    await page.getByRole('button', { name: 'Forget the key of vault.example:987' }).click();
  }),
  shown('browse', /Path/, async (page) => {
    await goTo(page, 'Exports');
    await page.getByRole('main').getByRole('button', { name: 'Export…' }).first().click();
    await dialog(page, 'Export').getByRole('button', { name: 'Browse…' }).click();
  }),
  shown('stop-exporting', /^Stop/, async (page) => {
    await goTo(page, 'Exports');
    await row(page, /library/)
      .first()
      .click({ button: 'right', position: { x: 120, y: 12 } });
    await page.getByRole('menuitem', { name: /^Stop exporting…/ }).click();
  }),
  shown('copy', 'Copy', async (page) => {
    await fromMenu(page, 'Attached disks', /^xa0 /, /^Copy to a file/);
    await dialog(page).getByRole('button', { name: 'Show command' }).click();
  }),
  shown('benchmark', /^Benchmark/, (page) => fromMenu(page, 'Attached disks', /^xa0 /, /^Benchmark…/)),
  shown('import-config', /config/i, async (page) => {
    await goTo(page, 'Settings');
    await page.getByRole('button', { name: 'Import & export', exact: true }).click();
    await page
      .getByRole('main')
      .getByRole('button', { name: /^Import/ })
      .last()
      .click();
  }),
  shown('diagnostics', /iagnostics/, fromPalette('diagnostics', 'Diagnostics')),
  shown('about', /^About/, fromPalette('about', 'About Spandrel')),
  shown('keys', /[Kk]ey/, (page) => page.keyboard.press('?')),
  {
    name: 'palette',
    part: '[role=dialog]',
    show: async (page) => {
      await clear(page);
      await page.keyboard.press('Control+k');
      await page.getByPlaceholder('Search or do').waitFor();
    },
  },
  {
    name: 'columns',
    part: '[role=dialog]',
    show: async (page) => {
      const main = await cleared(page, 'Attached disks');
      await main.getByRole('button', { name: 'Columns' }).click();
      await page.getByRole('checkbox', { name: 'Policy' }).waitFor();
    },
  },
];

export const VIEWS: readonly View[] = [...pages, ...activity, ...settings, paths, ...drawers, ...dialogs];

import { createHash } from 'node:crypto';
import { open, readFile, writeFile } from 'node:fs/promises';
import type { TestContext } from 'node:test';
import type { Browser } from 'playwright';
import { addressOf, exported } from '../../e2e/support/disk.ts';
import { Fio } from '../../e2e/support/fio.ts';
import type { Sandbox } from '../../e2e/support/sandbox.ts';
import type { Spandrel } from '../../e2e/support/spandrel.ts';
import { gpt } from '../../host/contents/support/tables.ts';
import { App, type AppConfig, expect } from './app.ts';
import { closedPort } from './servers.ts';
import { dialog, goTo, nbdUri, row } from './steps.ts';

const MIB = 1 << 20;
const GIB = 2 ** 30;

/**
 * A small site of real exporters with something of everything: disks of two peers, one of them with
 * partitions, a third peer that dies, one that was never there, an export of our own.
 */
class Site {
  readonly box: Sandbox;
  readonly #dying: Spandrel<'export'>;
  /** What `serve` finds when it starts. */
  readonly config: AppConfig;

  private constructor(box: Sandbox, config: AppConfig, dying: Spandrel<'export'>) {
    this.box = box;
    this.config = config;
    this.#dying = dying;
  }

  static async start(box: Sandbox): Promise<Site> {
    const projects = await partitioned(box, 'projects.img');
    const archive = box.file('archive.img', 512 * MIB);
    const photos = box.file('photos.img', 900 * GIB);
    const backups = box.file('backups.img', 1024 * GIB);
    const mirrored = [projects, archive];
    const left = await several(box, ...mirrored, photos);
    const right = await several(box, ...mirrored, backups);
    const dying = await several(box, archive);
    const offer = box.file('library.img', 256 * MIB);
    const peers: readonly (readonly [string, string])[] = [
      ['nas-1', addressOf(left)],
      ['nas-2', addressOf(right)],
      ['nas-3', addressOf(dying)],
      ['attic', await closedPort()],
    ];
    const units = left.ready.exports.slice(0, 2).map((item, index) => ({
      serial: item.serial,
      size_bytes: item.size_bytes,
      block_bytes: item.block_bytes,
      label: item.label,
      options: { ...OPTIONS, alias: index === 0 ? 'projects' : null },
      disabled_paths: [],
      preferred_path: null,
    }));
    const config = {
      peers: peers.map(([name, address]) => ({
        id: name,
        name,
        address,
        auto_connect: true,
        insecure_plain: false,
      })),
      units,
      exports: [
        {
          id: 'library',
          source: offer,
          serial: 'LIBRARY-0001',
          label: 'workstation/library',
          block_bytes: 4096,
          read_only: false,
          online: true,
          allow: [
            { fingerprint: keyOf('desk'), access: 'rw' as const, name: 'desk' },
            { fingerprint: keyOf('laptop'), access: 'ro' as const, name: 'laptop' },
          ],
        },
      ],
    };
    const since = Date.now() - 40 * 24 * 3_600_000;
    const known = {
      version: 1,
      peers: [{ address: 'vault.example:987', fingerprint: keyOf('vault'), first_seen: since }],
      revoked: [{ fingerprint: keyOf('stolen'), at: since }],
    };
    await writeFile(box.path('state/known-peers.json'), JSON.stringify(known));
    return new Site(box, config, dying);
  }

  /** Bring it to life: a load on one unit, a path of the other lost, a copy done and one that runs. */
  async enliven(app: App): Promise<void> {
    const { page } = app;
    await goTo(page, 'Attached disks');
    await expect(row(page, /^xa0 projects, Optimal, 2 of 2 paths/)).toBeVisible();
    await expect(row(page, /^xa1 .*archive.img, Optimal, 3 of 3 paths/)).toBeVisible();
    const uri = await nbdUri(page, 'xa0');
    // Behind the partition table, which stays as it is.
    const load = ['--rw=randrw', '--rwmixread=70', '--bssplit=4k/70:64k/30', '--offset=64M', '--size=128M'];
    new Fio(
      this.box,
      uri,
      ...load,
      '--rate_iops=180,80',
      '--rate_process=poisson',
      '--time_based',
      '--runtime=3600',
    );
    await this.#dying.kill();
    await expect(row(page, /^xa1 .*Degraded, 2 of 3 paths/)).toBeVisible();
    await this.#copy(app, 'xa0', 'projects-copy.img', '');
    await goTo(page, 'Activity');
    await page.getByRole('tab', { name: 'Jobs' }).click();
    await expect(row(page, /projects-copy.img.*, Done/)).toBeVisible();
    await this.#copy(app, 'xa1', 'archive-copy.img', '1MiB');
    await expect(row(page, /archive-copy.img.*, Running/)).toBeVisible();
  }

  async #copy({ page }: App, unit: string, file: string, rate: string): Promise<void> {
    await goTo(page, 'Activity');
    await page.getByRole('tab', { name: 'Jobs' }).click();
    await page.getByRole('main').getByRole('button', { name: 'Copy…' }).first().click();
    const form = dialog(page, 'Copy');
    await form.getByLabel('From: attached disk').click();
    await page.getByRole('option', { name: new RegExp(`^${unit} `) }).click();
    await form.getByLabel('To: path').fill(this.box.path(file));
    await form.getByLabel('Verify').uncheck();
    await form.getByLabel('Rate limit, per second').fill(rate);
    await form.getByRole('button', { name: 'Start copy' }).click();
    await form.waitFor({ state: 'detached' });
  }
}

/** What could be the key of a machine. */
const keyOf = (name: string): string =>
  `SHA256:${createHash('sha256').update(name).digest('base64').slice(0, 43)}`;

/** The app on a site that is alive, its page standing as still as it can. */
export async function appOnSite(t: TestContext, browser: Browser): Promise<App> {
  let site: Site | undefined;
  const app = await App.start(t, browser, {
    context: { colorScheme: 'light', reducedMotion: 'reduce' },
    settings: { export_listen: ['0.0.0.0:0'] },
    prepare: async (box) => {
      site = await Site.start(box);
      return site.config;
    },
  });
  await site?.enliven(app);
  return app;
}

const OPTIONS = {
  read_only: false,
  no_path: { kind: 'seconds' as const, seconds: 120 },
  path_policy: 'nearest' as const,
  request_timeout_ms: 30_000,
  at_startup: true,
  exposed: true,
};

function several(box: Sandbox, ...sources: string[]): Promise<Spandrel<'export'>> {
  const [first = '', ...others] = sources;
  return exported(box, first, ...others);
}

/** A disk with three partitions, two of which have a file system. */
async function partitioned(box: Sandbox, name: string): Promise<string> {
  const size = 256 * MIB;
  const path = box.file(name, size);
  const file = await open(path, 'r+');
  try {
    const sector = (mib: number): number => (mib * MIB) / 512;
    const partitions = [
      { first: sector(1), last: sector(33) - 1, name: 'boot' },
      { first: sector(33), last: sector(49) - 1, name: 'swap' },
      { first: sector(64), last: sector(255) - 1, name: 'home' },
    ];
    for (const [offset, bytes] of gpt(size, partitions)) await file.write(bytes, 0, bytes.length, offset);
    await box.runOk('mke2fs', '-q', '-t', 'ext4', '-L', 'boot', '-E', `offset=${MIB}`, path, '32M');
    const swap = box.file('swap', 16 * MIB);
    await box.runOk('mkswap', '-L', 'swap', swap);
    await file.write(await readFile(swap), 0, 4096, 33 * MIB);
  } finally {
    await file.close();
  }
  return path;
}

/**
 * The app's host, served to a browser, with every disk of a fleet attached and read from each second:
 * `fleet-host.ts STATE ADDRESSES_JSON`. Prints the URL when all are attached.
 */
import { fileURLToPath } from 'node:url';
import { BlockOp, BlockRequest } from '../../../electron/block/device.ts';
import { AppCore } from '../../../electron/host/app/app-core.ts';
import { connectPages } from '../../../electron/host/app/app-host.ts';
import { diskKey } from '../../../electron/host/app/disks.ts';
import { LogRing, makeLog } from '../../../electron/host/log.ts';
import { WebHost } from '../../../electron/web/web-host.ts';
import type { UnitUser } from '../../../electron/xdisk/unit-user.ts';
import { UNIT_OPTION_DEFAULTS } from '../../../shared/model/unit.ts';

const [state = '', addressList = '[]', unitCount = '0'] = process.argv.slice(2);
const addresses = JSON.parse(addressList) as string[];
const log = makeLog(true, 'warn');
const core = new AppCore({
  stateDirectory: state,
  log,
  logRing: new LogRing(),
  version: '0.0.0-bench',
  commit: null,
});
const host = await connectPages(core);
for (const address of addresses) {
  core.peers.add({ address, name: null, auto_connect: true, insecure_plain: false });
}
const count = Number(unitCount);
const complete = () => core.registry.disks.filter(({ paths }) => paths.size === addresses.length).length;
while (complete() < count) await new Promise((resolve) => setTimeout(resolve, 50));
for (const disk of [...core.registry.disks]) {
  core.units.attach(diskKey(disk.identity), { ...UNIT_OPTION_DEFAULTS, at_startup: false });
  // Each is saved on its own, so a thousand in one go would leave the peers' pings unanswered.
  await new Promise((resolve) => setImmediate(resolve));
}
const users = await Promise.all(core.units.all.map((unit) => unit.open('load')));

/** One read of a unit, again and again. */
class Read extends BlockRequest {
  readonly #user: UnitUser;
  constructor(user: UnitUser) {
    super();
    this.#user = user;
    this.op = BlockOp.read;
    this.length = 4096;
    this.buffer = Buffer.alloc(this.length);
  }
  again(): void {
    this.offset = Math.floor(Math.random() * 255) * 4096;
    this.#user.submit(this);
  }
  override done(): void {}
}

const reads = users.map((user) => new Read(user));
// Some each tick, so that every unit's figures change every second and no tick is a storm.
let next = 0;
setInterval(() => {
  for (let i = 0; i < reads.length / 10; i++) reads[next++ % reads.length]?.again();
}, 50);

const web = await WebHost.start(
  {
    listen: { kind: 'tcp', host: '127.0.0.1', port: 0 },
    names: [],
    insecurePlain: false,
    pageDirectory: fileURLToPath(new URL('../../../dist/renderer', import.meta.url)),
    log,
  },
  (transport) => host.connect(transport),
);
console.log(web.mintUrls()[0]);

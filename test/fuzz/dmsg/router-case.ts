import { routerConn } from '../../../electron/dmsg/link-options.ts';
import { Router } from '../../../electron/router/router.ts';
import { type Case, holds, turn } from '../support/target.ts';
import { HostileClient } from './hostile-client.ts';
import { HostileExporter } from './hostile-exporter.ts';
import { FuzzPeer } from './peer.ts';

const OFFER = { serial: 'FUZZ', sizeBytes: 1n << 17n, blockBytes: 512, distance: 0 };

/** Our router, between a hostile exporter and a hostile client. */
export async function routerCase(one: Case): Promise<void> {
  const { random } = one;
  const router = new Router();
  const make = (): FuzzPeer => {
    const manners = { wild: random.pick([0, 0, 0.03, 0.1]), le: random.chance(0.6) };
    return new FuzzPeer(one, manners, { conn: routerConn() }, router);
  };
  const source = make();
  const sink = make();
  const exporter = new HostileExporter(source, random, OFFER, random.pick([0, 0.05, 0.2]));
  const client = new HostileClient(sink, random, new Uint8Array(0));
  exporter.introduce(random.pick(['current', '2014']));
  client.introduce(random.pick(['current', '2014']));
  for (let left = random.integer(10, 80); left > 0 && !(source.over && sink.over); left--) {
    await Promise.resolve();
    client.listen();
    exporter.listen();
    if (!sink.over) client.act();
    if (!source.over) exporter.act();
    if (random.chance(0.03)) sink.stream.blocked = !sink.stream.blocked;
    if (!sink.stream.blocked) sink.stream.take();
    if (random.chance(0.03)) random.pick([source, sink]).beat();
    if (random.chance(0.05)) await turn();
  }
  await Promise.resolve();
  for (const peer of random.chance(0.5) ? [source, sink] : [sink, source]) {
    peer.finish();
    await Promise.resolve();
  }
  source.checkEnd();
  sink.checkEnd();
  holds(router.links.length === 0, 'the router keeps a link that is down');
  holds(router.sources.length === 0, 'the router keeps a span of a link that is down');
  await turn();
}

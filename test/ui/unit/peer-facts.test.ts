import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { peerLook } from '../../../renderer/components/status/words.ts';
import { placeLook } from '../../../renderer/pages/exports/places.ts';
import { peerSentence } from '../../../renderer/pages/peers/peer-facts.ts';

describe('what is said of a peer', () => {
  const peer = { state: 'waiting', recent_losses: 0 } as const;

  it('is why there is no link, without the address that stands next to it', () => {
    const address = 'nas:987';
    assert.equal(peerSentence({ address, error: 'nas:987: connection refused' }), 'connection refused');
    assert.equal(peerSentence({ address, error: null }), null);
  });

  it('is how often it was lost, once that is flapping and nobody asked for it', () => {
    assert.equal(peerLook({ ...peer, recent_losses: 4 }).word, 'Flapping (4 in 10 min)');
    assert.equal(peerLook({ ...peer, recent_losses: 2 }).word, 'Unreachable');
    assert.equal(peerLook({ state: 'disconnected', recent_losses: 4 }).word, 'Disconnected');
  });
});

describe('an address exports are offered on', () => {
  const row = { address: '127.0.0.1:1', bound: null, error: null, links: 0 };

  it('is closed while nothing is exported, then opening, listening or not', () => {
    assert.equal(placeLook(undefined, 'listen').word, 'Closed');
    assert.equal(placeLook(row, 'listen').word, 'Opening');
    assert.equal(placeLook({ ...row, bound: '127.0.0.1:1' }, 'listen').word, 'Listening');
    assert.equal(placeLook({ ...row, error: 'in use' }, 'listen').word, 'Not listening');
  });

  it('of a router is linked or not', () => {
    assert.equal(placeLook({ ...row, links: 1 }, 'router').word, 'Router linked');
    assert.equal(placeLook({ ...row, error: 'refused' }, 'router').word, 'Router unreachable');
    assert.equal(placeLook(row, 'router').word, 'Connecting to router');
  });
});

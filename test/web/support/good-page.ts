import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { Page } from './page.ts';
import { type Site, siteOf } from './site.ts';

/** For a call of the good page right after an attack; it takes a millisecond. */
const DISTURBED_MS = 1000;

/**
 * Opens a site for the suite that calls this, and a good page of it, which after each test must still have
 * its connection and be answered as usual.
 */
export function besideGoodPage(opened: (site: Site, good: Page) => void): void {
  const ends: (() => unknown)[] = [];
  let good: Page | undefined;
  before(async () => {
    const site = await siteOf({ after: (end) => ends.push(end) });
    good = await Page.open(site);
    opened(site, good);
  });
  afterEach(async () => {
    assert.ok(good?.isOpen, 'the good page is cut off');
    const ms = await good.works();
    assert.ok(ms < DISTURBED_MS, `the good page waited ${ms} ms`);
  });
  after(async () => {
    for (const end of ends.reverse()) await end();
  });
}

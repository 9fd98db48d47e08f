import type { Browser, CDPSession, Page } from 'playwright';

export { launch } from '../../ui/support/chromium.ts';

/** Runs in the page, as text: what a compiler adds to functions is not there. */
const PROBE = `
  const probe = {
    longTasks: [],
    frames: 0,
    countFrames() {
      requestAnimationFrame(() => {
        probe.frames++;
        probe.countFrames();
      });
    },
  };
  globalThis.probe = probe;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) probe.longTasks.push(entry.duration);
  }).observe({ type: 'longtask' });
`;

/** What the page's process has used so far. */
interface Usage {
  /** Seconds of work on the main thread. */
  readonly taskSeconds: number;
  readonly heapBytes: number;
  readonly atMs: number;
}

/** A page whose main thread, long tasks, frames and heap are measured. */
export class MeasuredPage {
  readonly page: Page;
  readonly #cdp: CDPSession;

  private constructor(page: Page, cdp: CDPSession) {
    this.page = page;
    this.#cdp = cdp;
  }

  static async open(browser: Browser): Promise<MeasuredPage> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Performance.enable', { timeDomain: 'timeTicks' });
    await page.addInitScript({ content: PROBE });
    return new MeasuredPage(page, cdp);
  }

  /** Seconds the main thread worked per second, while `during` goes on. */
  async load(during: () => Promise<void>): Promise<number> {
    const before = await this.#usage();
    await during();
    const after = await this.#usage();
    return (after.taskSeconds - before.taskSeconds) / ((after.atMs - before.atMs) / 1000);
  }

  /** The longest task since this was asked last, ms; 0 where none took 50 ms. */
  longestTaskMs(): Promise<number> {
    return this.page.evaluate<number>('Math.max(0, ...probe.longTasks.splice(0))');
  }

  /** Bytes of the heap after a collection. */
  async heapBytes(): Promise<number> {
    await this.#cdp.send('HeapProfiler.collectGarbage');
    return (await this.#usage()).heapBytes;
  }

  /** Frames per second while the element is scrolled up and down by the wheel. */
  async scrollFps(selector: string, seconds: number): Promise<number> {
    const box = await this.page.locator(selector).boundingBox();
    if (box === null) throw new Error(`${selector} is not on the page`);
    await this.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await this.page.evaluate('probe.countFrames()');
    const startMs = performance.now();
    while (performance.now() - startMs < seconds * 1000) {
      for (let i = 0; i < 10; i++) await this.page.mouse.wheel(0, i < 7 ? 400 : -400);
    }
    const frames = await this.page.evaluate<number>('probe.frames');
    return frames / ((performance.now() - startMs) / 1000);
  }

  async #usage(): Promise<Usage> {
    const { metrics } = await this.#cdp.send('Performance.getMetrics');
    const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? 0;
    return { taskSeconds: of('TaskDuration'), heapBytes: of('JSHeapUsedSize'), atMs: performance.now() };
  }
}

import type { Locator } from 'playwright';

/** Numbers an element showed, one after another. */
export interface Readings {
  /** Of those that were not 0; NaN where there were none. */
  median(): Promise<number>;
}

/** Follow what an element shows from now on. It must stay in the page. */
export async function readings(element: Locator): Promise<Readings> {
  const handle = await element.elementHandle();
  if (handle === null) throw new Error(`${element} is not on the page`);
  const texts = await handle.evaluateHandle((node) => {
    const seen: string[] = [];
    new MutationObserver(() => seen.push(node.textContent ?? '')).observe(node, {
      childList: true,
      characterData: true,
      subtree: true,
    });
    return seen;
  });
  return {
    async median() {
      const numbers = (await texts.jsonValue())
        .map((text) => Number(text.replaceAll(',', '')))
        .filter((number) => number > 0)
        .sort((a, b) => a - b);
      return numbers[numbers.length >> 1] ?? Number.NaN;
    },
  };
}

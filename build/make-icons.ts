import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright';
import { ICNS_PIXELS, icns, ico, type Png } from './containers.ts';

/**
 * Makes all icons from the one design, renderer/icon.svg: `npm run icons`. The results are kept with the
 * sources, because packages are also made where there is no browser to draw them.
 */

const folder = fileURLToPath(new URL('.', import.meta.url));
const design = await readFile(new URL('../renderer/icon.svg', import.meta.url), 'utf8');
/** The design without its ground, in the one colour macOS turns into what the menu bar needs. */
const template = design
  .replace(/<rect[^>]*\/>/, '')
  .replaceAll(/fill="[^"]*"/g, 'fill="#000"')
  .replace(/viewBox="[^"]*"/, 'viewBox="12 12 40 40"');
/** What macOS leaves free around icons: 100 of 1024 pixels on each side. */
const MAC_INSET = 100 / 1024;

async function draw(page: Page, svg: string, pixels: number, inset = 0): Promise<Png> {
  const size = pixels * (1 - 2 * inset);
  await page.setViewportSize({ width: pixels, height: pixels });
  await page.setContent(
    `<style>body { margin: ${pixels * inset}px } svg { display: block; width: ${size}px; height: ${size}px }</style>${svg}`,
  );
  return { pixels, data: await page.screenshot({ omitBackground: true, scale: 'css' }) };
}

const browser = await chromium.launch({
  executablePath: process.env.SPANDREL_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage();
const drawn = async (sizes: readonly number[], svg = design, inset = 0): Promise<Png[]> => {
  const images: Png[] = [];
  for (const pixels of sizes) images.push(await draw(page, svg, pixels, inset));
  return images;
};

await mkdir(`${folder}icons`, { recursive: true });
await mkdir(`${folder}window`, { recursive: true });
for (const { pixels, data } of await drawn([16, 24, 32, 48, 64, 128, 256, 512])) {
  await writeFile(`${folder}icons/${pixels}x${pixels}.png`, data);
}
await writeFile(`${folder}icon.ico`, ico(await drawn([16, 24, 32, 48, 64, 128, 256])));
await writeFile(`${folder}icon.icns`, icns(await drawn(ICNS_PIXELS, design, MAC_INSET)));
// What the running app shows: in the window's frame and in the tray, with a larger one for dense displays.
for (const [name, svg, pixels] of [
  ['icon', design, 256],
  ['tray', design, 22],
  ['tray@2x', design, 44],
  ['trayTemplate', template, 16],
  ['trayTemplate@2x', template, 32],
] as const) {
  await writeFile(`${folder}window/${name}.png`, (await draw(page, svg, pixels)).data);
}
await browser.close();

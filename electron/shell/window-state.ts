import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { replaceFile } from '../host/atomic-file.ts';

export const MIN_WIDTH = 900;
export const MIN_HEIGHT = 600;
const USUAL = { width: 1280, height: 800 };
/** So much of a window must be on a display for people to get hold of it. */
const GRIP = { width: 160, height: 48 };

/** In display-independent pixels, from the corner of the first display. */
const Rectangle = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(1).max(100_000),
  height: z.number().int().min(1).max(100_000),
});
export type Rectangle = z.infer<typeof Rectangle>;

const WindowState = z.object({ bounds: Rectangle, maximized: z.boolean() });
export type WindowState = z.infer<typeof WindowState>;

/** Where the window is to be: without `x` and `y` the system decides. */
export interface Placement {
  readonly x?: number;
  readonly y?: number;
  readonly width: number;
  readonly height: number;
  readonly maximized: boolean;
}

/**
 * Where to open the window, given where it was and the work areas of the displays there are now. It keeps its
 * place while enough of it can be seen, and its size where that fits.
 * @param areas at least one
 */
export function place(state: WindowState | null, areas: readonly Rectangle[]): Placement {
  if (state === null) return { ...fit(USUAL, largest(areas)), maximized: false };
  const { bounds, maximized } = state;
  const home = areas.find((area) => canBeGripped(bounds, area));
  if (home === undefined) return { ...fit(bounds, largest(areas)), maximized };
  const size = fit(bounds, home);
  // Shrunk to its display it is moved into it; else it may hang over the edge as it was left.
  const shrunk = size.width < bounds.width || size.height < bounds.height;
  const x = shrunk ? clamp(bounds.x, home.x, home.x + home.width - size.width) : bounds.x;
  const y = shrunk ? clamp(bounds.y, home.y, home.y + home.height - size.height) : bounds.y;
  return { x, y, ...size, maximized };
}

/** The title bar is at the top: that edge must be on the display, and a piece of its width. */
function canBeGripped(bounds: Rectangle, area: Rectangle): boolean {
  const seen = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
  const below = bounds.y - area.y;
  return seen >= GRIP.width && below >= 0 && below <= area.height - GRIP.height;
}

function fit(size: { width: number; height: number }, area: Rectangle): { width: number; height: number } {
  return {
    width: Math.max(MIN_WIDTH, Math.min(size.width, area.width)),
    height: Math.max(MIN_HEIGHT, Math.min(size.height, area.height)),
  };
}

function largest(areas: readonly Rectangle[]): Rectangle {
  return areas.reduce((best, area) => (area.width * area.height > best.width * best.height ? area : best));
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}

/** The file that keeps the window's place. It is of little worth: what cannot be read is as if not there. */
export class WindowStateFile {
  readonly #path: string;
  #saved = '';

  constructor(path: string) {
    this.#path = path;
  }

  load(): WindowState | null {
    try {
      return WindowState.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
    } catch {
      return null;
    }
  }

  /** @throws Error where it cannot be written */
  save(state: WindowState): void {
    const text = `${JSON.stringify(state)}\n`;
    if (text === this.#saved) return;
    replaceFile(this.#path, text, false);
    this.#saved = text;
  }
}

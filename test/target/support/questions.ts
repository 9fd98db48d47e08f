import type { Path } from '../../../electron/xdisk/path.ts';

/** Count how often it is asked from now on whether a path may be written. */
export function countQuestions(path: Path): () => number {
  const ask = path.askForWriting.bind(path);
  let count = 0;
  path.askForWriting = (...about) => {
    count++;
    ask(...about);
  };
  return () => count;
}

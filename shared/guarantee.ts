import type { PathInfo } from './events.ts';

/** What keeps a ghost write, one that stuck in a dead path's network, from overwriting newer data; in words. */

export type Guarantee = NonNullable<PathInfo['guarantee']>;

/** How long a unit waits where no fence reaches, s. */
export const WAIT_SECONDS = 5;

export const GUARANTEE_WORDS: Readonly<Record<Guarantee, { word: string; text: string }>> = {
  fenced: {
    word: 'Fenced',
    text:
      'before newer data is taken, the exporter and others of its machine end writes that were left without an ' +
      `answer; toward another machine the unit waits ${WAIT_SECONDS} s`,
  },
  waits: {
    word: `Waits ${WAIT_SECONDS} s before using another path`,
    text: 'the exporter has no fence, so writes left without an answer get that time to be over',
  },
};

/** `Fenced: before it takes …` */
export function guaranteeSentence(guarantee: Guarantee): string {
  const { word, text } = GUARANTEE_WORDS[guarantee];
  return `${word}: ${text}`;
}

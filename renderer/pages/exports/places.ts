import type { ExportListener } from '../../../shared/model/export.ts';
import type { Look } from '../../components/status/words.ts';

/** An address peers connect to, or a router that is connected to and passes exports on. */
export type PlaceKind = 'listen' | 'router';

const LOOKS = {
  closed: { word: 'Closed', glyph: 'dash', tone: 'unknown', hint: 'It opens with the first export' },
  listening: { word: 'Listening', glyph: 'disc', tone: 'ok', hint: 'Peers can connect here' },
  opening: { word: 'Opening', glyph: 'spinner', tone: 'info', hint: 'It is about to listen' },
  deaf: { word: 'Not listening', glyph: 'cross', tone: 'err', hint: 'Peers cannot connect here' },
  linked: { word: 'Router linked', glyph: 'disc', tone: 'ok', hint: 'The router passes the exports on' },
  linking: { word: 'Connecting to router', glyph: 'spinner', tone: 'info', hint: 'The link is being made' },
  unlinked: {
    word: 'Router unreachable',
    glyph: 'triangle',
    tone: 'warn',
    hint: 'Tried again by itself',
  },
} as const satisfies Record<string, Look>;

/** What state an address is in. @param listener undefined: nothing is exported, so it is not opened */
export function placeLook(listener: ExportListener | undefined, kind: PlaceKind): Look {
  if (listener === undefined) return LOOKS.closed;
  const { bound, error, links } = listener;
  if (kind === 'router') return links > 0 ? LOOKS.linked : error === null ? LOOKS.linking : LOOKS.unlinked;
  if (bound !== null) return LOOKS.listening;
  return error === null ? LOOKS.opening : LOOKS.deaf;
}

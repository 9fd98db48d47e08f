import { formatDuration, formatTime } from '../../../shared/format.ts';
import { healthSentence } from '../../../shared/health.ts';
import type { Unit } from '../../../shared/model/unit.ts';
import { HealthBadge } from '../../components/status/badges.tsx';
import { SentenceCell } from '../../components/table/sentence-cell.tsx';
import { useNow } from '../../components/values.tsx';
import { failingSince } from '../../drawers/unit/words.ts';
import { useFigure } from '../../stores/figures.ts';
import { useFreshness } from '../../stores/freshness.ts';
import { useClock } from '../../stores/settings.ts';

/** The word and, for as far as there is room, the sentence. */
export function HealthCell({ unit }: { unit: Unit }) {
  return (
    <SentenceCell sentence={<HealthSentence unit={unit} />}>
      <HealthBadge unit={unit} />
    </SentenceCell>
  );
}

/** What the word means for this unit now; while requests are held, with their number and the time they have. */
export function HealthSentence({ unit }: { unit: Unit }) {
  const stale = useFreshness((state) => state.stale);
  if (stale) return <LastReport />;
  if (unit.state === 'detached') return null;
  if (unit.health === 'holding') return <Holding unit={unit} />;
  if (unit.health === 'failed') return <Failed unit={unit} />;
  return <Sentence text={healthSentence(unit, 0, 0)} />;
}

function Holding({ unit }: { unit: Unit }) {
  const waiting = useFigure(`unit:${unit.name}`, 'waiting') ?? 0;
  return <Sentence text={healthSentence(unit, waiting, useNow())} />;
}

function Failed({ unit }: { unit: Unit }) {
  const clock = useClock();
  const text = healthSentence(unit, 0, 0);
  const since = failingSince(unit);
  return <Sentence text={since === null ? text : `${text} since ${formatTime(since, clock)}`} />;
}

function LastReport() {
  const { heardAt, now } = useFreshness();
  return <Sentence text={`Last report ${formatDuration(Math.max(0, now - heardAt))} ago`} />;
}

function Sentence({ text }: { text: string }) {
  return <span data-hint={text}>{text}</span>;
}

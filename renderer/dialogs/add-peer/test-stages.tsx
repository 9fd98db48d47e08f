import { formatDuration } from '../../../shared/format.ts';
import type { PeerStage } from '../../../shared/model/peer.ts';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Glyph, type GlyphName } from '../../components/status/glyph.tsx';
import { SizeForms } from '../../components/values.tsx';
import { counted } from '../parts/count.ts';
import { Notice } from '../parts/notice.tsx';
import parts from '../parts/parts.module.css';
import { Section } from '../parts/section.tsx';
import type { TestRun } from './use-peer-test.ts';

const STAGES: readonly (readonly [PeerStage['stage'], string])[] = [
  ['address', 'Address'],
  ['resolve', 'Name'],
  ['connect', 'Connection'],
  ['secure', 'Protection'],
  ['protocol', 'Protocol'],
  ['spans', 'Disks'],
  ['rtt', 'Round trip'],
];

interface Shown {
  readonly glyph: GlyphName;
  readonly tone: string;
  readonly word: string;
}
const STATES: Readonly<Record<PeerStage['state'] | 'waiting', Shown>> = {
  running: { glyph: 'spinner', tone: '', word: 'running' },
  ok: { glyph: 'check', tone: 'ok', word: 'done' },
  failed: { glyph: 'cross', tone: 'err', word: 'failed' },
  skipped: { glyph: 'dash', tone: 'dim', word: 'skipped' },
  waiting: { glyph: 'ring', tone: 'dim', word: 'not reached' },
};

/** Each stage of a test as it goes, and what the peer offers. Every row has its place from the start. */
export function TestStages({ run, serial }: { run: TestRun; serial: string | null }) {
  return (
    <Section title="Test">
      <ol className={`${parts.list} ${parts.plain}`} aria-live="polite" aria-busy={run.running}>
        {STAGES.map(([stage, name]) => (
          <Stage key={stage} name={name} stage={run.stages.get(stage)} />
        ))}
      </ol>
      {run.error !== null && <ErrorPanel title="The test did not end" error={run.error} events={false} />}
      {run.result?.ok === true && <Offered run={run} serial={serial} />}
    </Section>
  );
}

function Stage({ name, stage }: { name: string; stage: PeerStage | undefined }) {
  const { glyph, tone, word } = STATES[stage?.state ?? 'waiting'];
  return (
    <li className={parts.line}>
      <span className={parts[tone]}>
        <Glyph name={glyph} />
      </span>
      <span>
        <strong>{name}</strong>
        <span className="visually-hidden">{`, ${word}`}</span>{' '}
        <span className={stage?.state === 'failed' ? parts.err : parts.dim}>{stage?.detail}</span>
      </span>
      <span className={`num ${parts.dim}`}>
        {stage?.ms != null && (stage.ms < 1 ? '< 1 ms' : formatDuration(stage.ms))}
      </span>
    </li>
  );
}

function Offered({ run: { result }, serial }: { run: TestRun; serial: string | null }) {
  const spans = result?.spans ?? [];
  const missing = serial !== null && spans.every((span) => span.serial !== serial);
  if (spans.length === 0)
    return (
      <Notice tone="info" title="The peer offers no disks now">
        It can be added: its disks appear when it offers some.
      </Notice>
    );
  return (
    <>
      <Notice tone="ok" title={`${counted(spans.length, 'disk')} offered`}>
        <ul aria-label="Disks offered">
          {spans.slice(0, 20).map((span) => (
            <li key={`${span.serial} ${span.size_bytes}`}>
              {span.label} (<span className="mono">{span.serial}</span>){' '}
              <SizeForms bytes={span.size_bytes} blockBytes={span.block_bytes} />
            </li>
          ))}
        </ul>
        {spans.length > 20 && <span>and {spans.length - 20} more</span>}
      </Notice>
      {missing && (
        <Notice tone="warn">
          The disk of the URI, <span className="mono">{serial}</span>, is not among them.
        </Notice>
      )}
    </>
  );
}

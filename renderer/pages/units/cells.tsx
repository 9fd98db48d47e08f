import type { Unit } from '../../../shared/model/unit.ts';
import { readOnlySentence } from '../../../shared/read-only.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Badge, ReadOnlyBadge } from '../../components/status/badges.tsx';
import type { Look } from '../../components/status/words.ts';
import { NoValue } from '../../components/values.tsx';
import { unitLabel } from '../../drawers/unit/acts.ts';
import styles from './units.module.css';

const DEMO: Look = {
  word: 'Demo',
  glyph: 'info',
  tone: 'info',
  hint: 'Belongs to the demo: nothing of it is kept',
};
const CONFLICT: Look = {
  word: 'Serial twice',
  glyph: 'triangle',
  tone: 'warn',
  hint: 'Another disk has the same serial, with another size or block size',
};

/** Why a unit cannot be written. */
export const readOnlyReason = ({ read_only_reason }: Pick<Unit, 'read_only_reason'>): string =>
  readOnlySentence(read_only_reason);

/** Whatever sets a unit apart from a plain one, each with its word. */
export function UnitMarks({ unit }: { unit: Unit }) {
  return (
    <>
      {unit.read_only && <ReadOnlyBadge hint={readOnlyReason(unit)} />}
      {unit.conflict && <Badge look={CONFLICT} />}
      {unit.demo && <Badge look={DEMO} />}
    </>
  );
}

export function LabelCell({ unit }: { unit: Unit }) {
  const { alias } = unit.options;
  return (
    <span className={styles.marks}>
      <span className={styles.labelText} data-hint={alias === null ? undefined : `Label: ${unit.label}`}>
        {unitLabel(unit)}
      </span>
      <UnitMarks unit={unit} />
    </span>
  );
}

/** Where programs reach it: the kernel's device, or else the NBD URI. */
export function exposedAs({ device, nbd }: Pick<Unit, 'device' | 'nbd'>): string | null {
  return device ?? nbd;
}

export function ExposedCell({ unit }: { unit: Unit }) {
  const where = exposedAs(unit);
  if (where === null) {
    return unit.options.exposed ? (
      <NoValue />
    ) : (
      <span className="dim" data-hint="Not reachable by programs">
        Hidden
      </span>
    );
  }
  return (
    <span className={styles.exposed}>
      <span className={`mono ${styles.uri}`} data-hint={where}>
        {where}
      </span>
      <CopyButton inRow text={where} label={`Copy ${unit.device === null ? 'NBD URI' : 'device'}`} />
    </span>
  );
}

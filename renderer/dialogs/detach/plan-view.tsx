import { Button, Group, Loader, Text } from '@mantine/core';
import type { DetachPlan } from '../../../shared/model/unit.ts';
import { Glyph } from '../../components/status/glyph.tsx';
import { Age, NoValue } from '../../components/values.tsx';
import { Notice } from '../parts/notice.tsx';
import parts from '../parts/parts.module.css';
import { Frame, Section } from '../parts/section.tsx';
import { holdersOf } from './plans.ts';

/** The steps from the programs down to the remote disk, none of them done yet. */
export function Steps({ plan }: { plan: DetachPlan }) {
  return (
    <Section title="What is done, in this order">
      <ol className={`${parts.list} ${parts.plain}`}>
        {plan.steps.map(({ what, blocked_by }) => (
          <li key={what} className={parts.line}>
            <span className={blocked_by === null ? parts.ok : parts.err}>
              <Glyph name={blocked_by === null ? 'check' : 'cross'} />
            </span>
            <span>
              {what}
              {blocked_by !== null && <span className={parts.err}>: {blocked_by}</span>}
            </span>
          </li>
        ))}
      </ol>
    </Section>
  );
}

/** Who keeps a unit from being detached. */
export function Holders(props: { plan: DetachPlan; checking: boolean; onRecheck(): void }) {
  const { plan } = props;
  return (
    <>
      <Notice tone="warn" title={`${plan.unit} is in use, so nothing is torn down`}>
        End these uses first, then check again.
      </Notice>
      <Frame label="In use by">
        <table className={parts.table}>
          <caption className="visually-hidden">In use by</caption>
          <thead>
            <tr>
              <th scope="col" className={parts.number}>
                PID
              </th>
              <th scope="col">Command</th>
              <th scope="col">User</th>
              <th scope="col">Since</th>
              <th scope="col">What</th>
            </tr>
          </thead>
          <tbody>
            {holdersOf(plan).map((holder) => (
              <tr key={holder.key}>
                <td className={`num ${parts.number}`}>{holder.pid ?? <NoValue />}</td>
                <td>{holder.command ?? <NoValue />}</td>
                <td>{holder.user ?? <NoValue />}</td>
                <td>
                  <Age at={holder.since} suffix=" ago" />
                </td>
                <td>{holder.what}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Frame>
      <Group gap="xs">
        <Recheck checking={props.checking} onRecheck={props.onRecheck} />
      </Group>
    </>
  );
}

export function Recheck({ checking, onRecheck }: { checking: boolean; onRecheck(): void }) {
  return (
    <Button
      variant="default"
      aria-busy={checking}
      leftSection={checking ? <Loader size={12} /> : undefined}
      onClick={onRecheck}
    >
      Recheck
    </Button>
  );
}

export function Checking() {
  return (
    <Group gap={8} role="status" mih={44}>
      <Loader size="xs" />
      <Text size="sm" c="dimmed">
        Looking who uses it
      </Text>
    </Group>
  );
}

import { Anchor, Text } from '@mantine/core';
import { useSettings } from '../../stores/settings.ts';
import { useRow } from '../../stores/tables.ts';
import { closeDialog, openPage } from '../../stores/ui.ts';
import { Notice } from '../parts/notice.tsx';
import { Section } from '../parts/section.tsx';

/** Where exports are offered; an address that cannot be used says why. */
export function OfferedAt() {
  const { export_listen, export_connect } = useSettings();
  const none = export_listen.length + export_connect.length === 0;
  return (
    <Section title="Where it is offered">
      {none && (
        <Notice tone="warn">
          Nowhere: no address is set in <ToSettings />, so no peer can find it.
        </Notice>
      )}
      {export_listen.map((address) => (
        <Place key={address} address={address} verb="Listening at" />
      ))}
      {export_connect.map((address) => (
        <Place key={address} address={address} verb="Offered to the router" />
      ))}
      {!none && (
        <Text size="xs" c="dimmed">
          For all exports; change it in <ToSettings />.
        </Text>
      )}
    </Section>
  );
}

function Place({ address, verb }: { address: string; verb: string }) {
  const place = useRow('listeners', address);
  if (place?.error != null)
    return (
      <Notice tone="warn" title={`Not at ${address}`}>
        {place.error}
      </Notice>
    );
  return (
    <Text size="sm">
      {verb} <span className="mono">{place?.bound ?? address}</span>
      {place === undefined && ', as soon as there is an export'}
    </Text>
  );
}

function ToSettings() {
  return (
    <Anchor
      component="button"
      type="button"
      size="xs"
      onClick={() => {
        openPage('settings', 'connections');
        closeDialog();
      }}
    >
      Settings
    </Anchor>
  );
}

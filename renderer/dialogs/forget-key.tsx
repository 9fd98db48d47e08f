import { Text } from '@mantine/core';
import { FormDialog } from '../components/form/index.ts';
import { call } from '../connection/index.ts';
import { toastDone } from '../stores/toast.ts';
import { KeyText } from './keys/key-text.tsx';
import { Notice } from './parts/notice.tsx';
import type { RequestOf } from './requests.ts';

/** Takes back what is known of a key: that it is a peer's, or that it was revoked. */
export function ForgetKeyDialog({ request }: { request: RequestOf<'forget_key'> }) {
  const { fingerprint, whose, revoked } = request;
  const input = { fingerprint };
  return (
    <FormDialog
      title={revoked ? 'Un-revoke a key' : `Forget the key of ${whose}`}
      submitLabel={revoked ? 'Un-revoke' : 'Forget'}
      busyLabel={revoked ? 'Un-revoking' : 'Forgetting'}
      size="lg"
      focusSubmit
      command={{ cli: `spandrel trust forget ${fingerprint}`, command: 'trust.forget', input }}
      submit={(signal) => call('trust.forget', input, { signal })}
      done={() => toastDone(revoked ? 'The key is no longer revoked' : `The key of ${whose} is forgotten`)}
    >
      <div>
        {revoked && <Text size="sm">{whose}</Text>}
        <KeyText fingerprint={fingerprint} of={whose} />
      </div>
      {revoked ? (
        <Notice tone="warn" title="Whoever has the key gets in again">
          Exports whose lists have it take it again at once. Where it was the known key of a peer, it has to
          be confirmed anew.
        </Notice>
      ) : (
        <Text size="sm">
          Links that stand go on. The next one is refused until the key that is shown then is confirmed: for a
          peer that was set up anew, in the Edit dialog of the peer.
        </Text>
      )}
    </FormDialog>
  );
}

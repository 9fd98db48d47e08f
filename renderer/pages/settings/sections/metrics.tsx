import { CodeBlock } from '../../../components/code-block.tsx';
import { CopyButton } from '../../../components/copy-button.tsx';
import { Badge } from '../../../components/status/badges.tsx';
import type { Look } from '../../../components/status/words.ts';
import { useCurrentHello } from '../../../stores/hello.ts';
import { useSettings } from '../../../stores/settings.ts';
import { Setting } from '../setting.tsx';
import styles from '../settings.module.css';
import { TextSetting } from '../text-setting.tsx';

const OFF: Look = { word: 'Off', glyph: 'dash', tone: 'unknown', hint: '' };
const ON: Look = { word: 'On', glyph: 'disc', tone: 'ok', hint: '' };
const NOT: Look = { word: 'Not listening', glyph: 'cross', tone: 'err', hint: '' };

export function MetricsSection() {
  const { metrics_listen: wanted } = useSettings();
  const hello = useCurrentHello();
  const address = hello?.metrics ?? null;
  const isHttp = address?.startsWith('http') === true;
  const trouble = hello?.notices.find((notice) => notice.includes(wanted)) ?? null;
  return (
    <div className={styles.body}>
      <TextSetting
        name="metrics_listen"
        label="Address for Prometheus"
        description="Only of this machine: metrics name disks and peers, and there is no password. Empty: off."
        placeholder="127.0.0.1:9736 or unix:PATH"
      />
      <Setting label="State">
        <Badge look={address !== null ? ON : wanted === '' ? OFF : NOT} />
        {address !== null && (
          <span>
            {isHttp ? (
              <a href={address} target="_blank" rel="noreferrer">
                {address}
              </a>
            ) : (
              <span className="mono">{address}</span>
            )}{' '}
            <CopyButton text={address} label="Copy the address" />
          </span>
        )}
        {address === null && wanted !== '' && (
          <p className={styles.error}>
            {trouble ?? 'The address is not listened on. The log in Activity says why.'}
          </p>
        )}
      </Setting>
      {isHttp && address !== null && (
        <Setting label="For the configuration of Prometheus">
          <div className={styles.wide}>
            <CodeBlock label="scrape configuration" text={scrapeConfig(address)} />
          </div>
        </Setting>
      )}
    </div>
  );
}

function scrapeConfig(address: string): string {
  return `scrape_configs:\n  - job_name: spandrel\n    static_configs:\n      - targets: ['${new URL(address).host}']`;
}

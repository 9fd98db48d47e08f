import { UnstyledButton } from '@mantine/core';
import { Page } from '../../components/page.tsx';
import { openSection, useRoute } from '../../stores/ui.ts';
import { SavedNote } from './saved-note.tsx';
import { SECTIONS } from './sections.ts';
import styles from './settings.module.css';

/** What can be set. Each change is kept at once. */
export function SettingsPage() {
  const { section } = useRoute();
  const current = SECTIONS.find(({ id }) => id === section) ?? SECTIONS[0];
  const { component: Section } = current;
  return (
    <Page title="Settings" scroll={false} actions={<SavedNote />}>
      <div className={styles.page}>
        <nav className={styles.nav} aria-label="Settings">
          {SECTIONS.map(({ id, label }) => (
            <UnstyledButton
              key={id}
              className={styles.navItem}
              aria-current={id === current.id ? 'true' : undefined}
              onClick={() => openSection(id)}
            >
              {label}
            </UnstyledButton>
          ))}
        </nav>
        <section className={styles.section} aria-labelledby="section">
          <h2 id="section">{current.label}</h2>
          <Section key={current.id} />
        </section>
      </div>
    </Page>
  );
}

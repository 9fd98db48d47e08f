import { createContext, type ReactNode, useContext, useState } from 'react';
import { createPortal } from 'react-dom';
import styles from './components.module.css';

const Head = createContext<HTMLElement | null>(null);

/** A page: its title, what can be done on it, and its content, which scrolls unless it is a table. */
export function Page(props: { title: string; actions?: ReactNode; scroll?: boolean; children: ReactNode }) {
  const [head, setHead] = useState<HTMLElement | null>(null);
  return (
    <div className={styles.page}>
      <div className={styles.pageHead}>
        <h1>{props.title}</h1>
        <div ref={setHead} className={styles.pageActions}>
          {props.actions}
        </div>
      </div>
      <div className={`${styles.pageBody} ${props.scroll === false ? '' : styles.pageScroll}`}>
        <Head value={head}>{props.children}</Head>
      </div>
    </div>
  );
}

/** Buttons that belong into the head of the page, from whatever in it knows what they act on. */
export function PageActions({ children }: { children: ReactNode }) {
  const head = useContext(Head);
  return head === null ? null : createPortal(children, head);
}

/** Is there a page head to put buttons into? In the drawer there is none. */
export function useInPage(): boolean {
  return useContext(Head) !== null;
}

import { useEffect, useRef } from 'react';
import styles from './components.module.css';

const DELAY_MS = 400;
const GAP_PX = 6;

/**
 * One tooltip for everything that has `data-hint`: a table shows hundreds of such texts, and a component for
 * each of them would cost more than the table. Controls that stand alone use Mantine's Tooltip.
 */
export function HintLayer() {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let shown: HTMLElement | null = null;
    const hide = () => {
      clearTimeout(timer);
      shown = null;
      if (box.current !== null) box.current.hidden = true;
    };
    const show = (target: HTMLElement) => {
      const tip = box.current;
      if (tip === null || !target.isConnected) return;
      tip.textContent = target.dataset.hint ?? '';
      tip.hidden = false;
      const at = target.getBoundingClientRect();
      const { width, height } = tip.getBoundingClientRect();
      const above = at.top - height - GAP_PX;
      tip.style.top = `${above < 4 ? at.bottom + GAP_PX : above}px`;
      tip.style.left = `${Math.max(4, Math.min(at.left + at.width / 2 - width / 2, window.innerWidth - width - 4))}px`;
    };
    const over = (event: PointerEvent) => {
      const target =
        event.target instanceof Element ? event.target.closest<HTMLElement>('[data-hint]') : null;
      if (target === shown) return;
      hide();
      if (target === null || target.dataset.hint === '') return;
      shown = target;
      timer = setTimeout(show, DELAY_MS, target);
    };
    const key = (event: KeyboardEvent) => {
      if (event.key === 'Escape' || event.key.startsWith('Arrow')) hide();
    };
    document.addEventListener('pointerover', over);
    document.addEventListener('pointerdown', hide);
    document.addEventListener('scroll', hide, true);
    document.addEventListener('keydown', key, true);
    return () => {
      hide();
      document.removeEventListener('pointerover', over);
      document.removeEventListener('pointerdown', hide);
      document.removeEventListener('scroll', hide, true);
      document.removeEventListener('keydown', key, true);
    };
  }, []);
  // What it says is said by the word next to the glyph or in the drawer too, so it is for eyes alone.
  return <div ref={box} className={styles.hint} aria-hidden="true" hidden />;
}

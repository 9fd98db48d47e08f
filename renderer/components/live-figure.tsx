import { useLayoutEffect, useRef } from 'react';
import { NO_VALUE } from '../../shared/format.ts';
import { type FigureName, figure } from '../../shared/model/figures.ts';
import { type FigureKey, figures } from '../stores/figures.ts';
import { useUnits } from '../stores/settings.ts';
import { FIGURE_LOOKS } from './figure-format.ts';

/**
 * A figure that changes each second. It writes its text itself: a table shows hundreds of them, and drawing
 * them through React each second would cost more than all else together.
 */
export function LiveFigure({ of, name }: { of: FigureKey; name: FigureName }) {
  const element = useRef<HTMLSpanElement>(null);
  const units = useUnits();
  useLayoutEffect(() => {
    const show = () => {
      const span = element.current;
      if (span === null) return;
      const entry = figures.get(of);
      const value = figure(entry?.row, name);
      const text = value === undefined ? NO_VALUE : FIGURE_LOOKS[name].format(value, units);
      if (span.textContent !== text) span.textContent = text;
      span.classList.toggle('stale', entry?.held === true);
      span.classList.toggle('dim', value === undefined || value === 0);
    };
    show();
    return figures.subscribe(of, show);
  }, [of, name, units]);
  return <span ref={element} className="num live" />;
}

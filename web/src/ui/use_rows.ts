// A long list of rows of one height, of which only those in sight are drawn. The height is said in rem, so that larger
// text makes larger rows.
import { useCallback, useLayoutEffect, useState } from 'react';

const kMoreRows = 8; // drawn above and below what is in sight

export interface Rows {
  readonly box: (element: HTMLElement | null) => void; // what scrolls
  readonly rowPx: number;
  readonly from: number;
  readonly to: number; // not included
  reveal(index: number): void;
}

export function useRows(count: number, rowRem: number): Rows {
  const [element, box] = useState<HTMLElement | null>(null);
  const [rowPx, setRowPx] = useState(rowRem * 16);
  const [seen, setSeen] = useState({ first: 0, rows: 20 });
  useLayoutEffect(() => {
    if (element === null) return undefined;
    const look = () => {
      const px = rowRem * (parseFloat(getComputedStyle(document.documentElement).fontSize) || 16);
      setRowPx(px);
      const first = Math.max(0, Math.floor(element.scrollTop / px));
      const rows = Math.ceil((element.clientHeight || 20 * px) / px);
      setSeen((before) => (before.first === first && before.rows === rows ? before : { first, rows }));
    };
    look();
    element.addEventListener('scroll', look, { passive: true });
    const watcher = typeof ResizeObserver === 'undefined' ? undefined : new ResizeObserver(look);
    watcher?.observe(element);
    return () => {
      element.removeEventListener('scroll', look);
      watcher?.disconnect();
    };
  }, [element, rowRem]);
  const reveal = useCallback(
    (index: number) => {
      if (element === null) return;
      const [top, bottom] = [index * rowPx, (index + 1) * rowPx];
      if (top < element.scrollTop) element.scrollTop = top;
      else if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight;
    },
    [element, rowPx],
  );
  // A list that became shorter may be scrolled beyond its end for a moment.
  const first = Math.min(seen.first, Math.max(0, count - seen.rows));
  return { box, rowPx, from: Math.max(0, first - kMoreRows), to: Math.min(count, first + seen.rows + kMoreRows), reveal };
}

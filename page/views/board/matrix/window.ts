/** Of a large matrix only what is seen is drawn: to draw all of it takes longer than a frame lasts. */

import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Block } from './layout.ts';

/** Rows and columns that are drawn, both included. */
export interface Window {
  rows: { from: number; to: number };
  columns: { from: number; to: number };
}

/** Height of a row and of the gap below it, as its style says. */
export const rowPx = 31;
/** Up to so many cells all of them are drawn, and the browser's search finds them. */
const mostCells = 1_200;
/** By so much more than is seen: a small movement finds it drawn, and nothing is made anew for it. */
const around = { rows: 8, columns: 6 };

/** @param box what scrolls; in it a table with a column of names and columns of one width */
export function useWindow(box: RefObject<HTMLElement | null>, block: Block | undefined) {
  const rows = block?.rows.length ?? 0;
  const columns = block?.columns.length ?? 0;
  const isLarge = rows * columns > mostCells;
  const all = { rows: { from: 0, to: rows - 1 }, columns: { from: 0, to: columns - 1 } };
  const drawn = useSignal<Window>({
    rows: { from: 0, to: Math.min(rows - 1, 40) },
    columns: { from: 0, to: Math.min(columns - 1, 40) },
  });

  const look = () => {
    const { current } = box;
    const name = current?.querySelector<HTMLElement>('tbody th')?.offsetWidth ?? 0;
    if (current === null || !isLarge) return;
    const columnPx = (current.scrollWidth - name) / columns;
    const next = {
      rows: part(current.scrollTop / rowPx, current.clientHeight / rowPx, around.rows, rows),
      columns: part(
        current.scrollLeft / columnPx,
        (current.clientWidth - name) / columnPx,
        around.columns,
        columns,
      ),
    };
    const { rows: r, columns: c } = drawn.peek();
    const isSame =
      r.from === next.rows.from &&
      r.to === next.rows.to &&
      c.from === next.columns.from &&
      c.to === next.columns.to;
    if (!isSame) drawn.value = next;
  };
  useEffect(() => {
    if (!isLarge || box.current === null) return undefined;
    look();
    const resized = new ResizeObserver(look);
    resized.observe(box.current);
    return () => resized.disconnect();
  }, [isLarge, rows, columns]);
  return { drawn: isLarge ? drawn.value : all, isLarge, look };
}

/** In whole steps, so that it changes seldom. */
function part(first: number, count: number, step: number, length: number) {
  const from = (Math.floor(first / step) - 1) * step;
  const to = (Math.ceil((first + count) / step) + 1) * step;
  return { from: Math.max(0, from), to: Math.min(length - 1, to) };
}

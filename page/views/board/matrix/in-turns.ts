/** Drawing many rows takes longer than a frame lasts: some are drawn in each, the rest in the next ones. */

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { minute } from '../../../live/clock.ts';

/** Cells a frame. */
const batchCells = 180;

/**
 * By which minute each row is drawn: ages grow with it, and of thousands not all at once.
 *
 * @returns of a line its minute, milliseconds since 1970; undefined: its turn has not come yet
 */
export function useTurns(rows: number, columns: number): (line: number) => number | undefined {
  const at = minute.value;
  const batch = Math.max(1, Math.floor(batchCells / Math.max(1, columns)));
  /** Rows before `upTo` have come to `at`, the others are as they were before. */
  const turn = useSignal<{ at: number; upTo: number; before: number | undefined }>({
    ...{ at, upTo: batch, before: undefined },
  });
  useEffect(() => {
    if (turn.peek().at !== at) turn.value = { at, upTo: batch, before: turn.peek().at };
    let frame: number | undefined;
    const next = () => {
      const { upTo } = turn.peek();
      if (upTo >= rows) return;
      turn.value = { ...turn.peek(), upTo: upTo + batch };
      frame = requestAnimationFrame(next);
    };
    frame = requestAnimationFrame(next);
    return () => cancelAnimationFrame(frame ?? 0);
  }, [at, rows, batch]);
  const { upTo, before, at: current } = turn.value;
  return (line) => (line < upTo ? current : before);
}

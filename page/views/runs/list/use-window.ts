/** Which lines of a long list are drawn: those that are seen, and some before and after. */

import { type ReadonlySignal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';

export interface Window {
  from: number;
  to: number;
}

/** Drawn beyond what is seen on either side, and by so many the window moves at once. */
const margin = 12;

/**
 * @param list its lines are `--line` high, as its style says
 * @param count how many lines there are
 */
export function useWindow(
  list: RefObject<HTMLElement | null>,
  count: number,
): { window: ReadonlySignal<Window>; lineHeight: ReadonlySignal<number> } {
  const shown = useSignal<Window>({ from: 0, to: 4 * margin });
  const lineHeight = useSignal(48);
  useEffect(() => {
    const element = list.current;
    if (element === null) return;
    let frame = 0;
    const look = () => {
      frame = 0;
      const height = Number.parseFloat(getComputedStyle(element).getPropertyValue('--line'));
      if (height > 0) lineHeight.value = height;
      const first = Math.floor(-element.getBoundingClientRect().top / lineHeight.value);
      const from = Math.max(0, Math.floor(first / margin - 1) * margin);
      const seen = Math.ceil(innerHeight / lineHeight.value);
      const to = Math.min(count, from + Math.ceil(seen / margin + 3) * margin);
      const { from: knownFrom, to: knownTo } = shown.peek();
      if (from !== knownFrom || to !== knownTo) shown.value = { from, to };
    };
    const soon = () => {
      if (frame === 0) frame = requestAnimationFrame(look);
    };
    look();
    window.addEventListener('scroll', soon, { passive: true });
    window.addEventListener('resize', soon);
    return () => {
      cancelAnimationFrame(frame);
      window.removeEventListener('scroll', soon);
      window.removeEventListener('resize', soon);
    };
  }, [count]);
  return { window: shown, lineHeight };
}

/** Questions that stand above whatever view: one stays when the line it was asked of is gone. */

import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';

interface Opened {
  /** Of the view that it belongs to, whose styles it has. */
  view: string;
  draw(closed: () => void): ComponentChildren;
}

const opened = signal<Opened | undefined>(undefined);

/**
 * Opens a dialog. What `draw` was given stays as it is now: whoever answers, answers what was asked.
 *
 * @param opener the button that was pressed
 */
export function openDialog(opener: Element, draw: Opened['draw']): void {
  opened.value = { view: opener.closest('.view')?.className ?? '', draw };
}

/** Where they stand. */
export function OpenDialog() {
  const shown = opened.value;
  if (shown === undefined) return null;
  const closed = () => {
    if (opened.peek() === shown) opened.value = undefined;
  };
  return (
    <div class={shown.view} style={{ display: 'contents' }}>
      {shown.draw(closed)}
    </div>
  );
}

/** Where a key leads from a place of the matrix, as in any grid (ARIA Authoring Practices). */

import type { Block } from './layout.ts';
import type { Spot } from './selection.ts';

/** Rows that a page has. */
const page = 10;

/** Undefined: the key is none of these. */
export function moved(
  { key, ctrlKey, metaKey }: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey'>,
  at: Spot,
  block: Block,
): Spot | undefined {
  const isFar = ctrlKey || metaKey;
  const last = { row: block.rows.length - 1, column: block.columns.length - 1 };
  const slot = block.rows[at.row]?.slots[at.column];
  const { row, column } = at;
  const to = (next: Partial<Spot>): Spot => ({
    block: at.block,
    row: Math.max(-1, Math.min(last.row, next.row ?? row)),
    column: Math.max(-1, Math.min(last.column, next.column ?? column)),
  });
  switch (key) {
    case 'ArrowUp':
      return to({ row: row - 1 });
    case 'ArrowDown':
      return to({ row: row + 1 });
    case 'ArrowLeft':
      return to({ column: (slot?.from ?? column) - 1 });
    case 'ArrowRight':
      return to({ column: (slot?.to ?? column) + 1 });
    case 'Home':
      return to({ column: -1, ...(isFar && { row: -1 }) });
    case 'End':
      return to({ column: last.column, ...(isFar && { row: last.row }) });
    case 'PageUp':
      return to({ row: row - page });
    case 'PageDown':
      return to({ row: row + page });
    default:
      return undefined;
  }
}

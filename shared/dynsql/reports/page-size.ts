/** Pages in millimetres and in points (1/72 inch), the unit of a PDF. */

import type { LayoutDocument } from './layout.ts';

/** ISO 216, upright. */
const sizes = { A3: [297, 420], A4: [210, 297], A5: [148, 210] } as const;

/** How far the rows of a nested table stand to the right of their parents', in millimetres. */
export const indentMm = 6;

export const points = (millimetres: number): number => (millimetres * 72) / 25.4;

/** The page with what its margins leave for a table, all in millimetres. */
export function pageSize({ size, orientation, margin }: LayoutDocument['page']) {
  const [short, long] = sizes[size];
  const [width, height] = orientation === 'portrait' ? [short, long] : [long, short];
  return { width, height, tableWidth: width - 2 * margin };
}

/** How reports look; lengths in points. */

import type { Style } from './paper.ts';

export const styles = {
  title: { weight: 'bold', size: 13 },
  heading: { weight: 'bold', size: 8 },
  group: { weight: 'bold', size: 8.5 },
  row: { weight: 'regular', size: 8 },
  label: { weight: 'bold', size: 8 },
  note: { weight: 'bold', size: 8 },
  carried: { weight: 'regular', size: 8 },
  signature: { weight: 'regular', size: 8 },
  sums: { weight: 'bold', size: 8 },
  page: { weight: 'regular', size: 7.5 },
} as const satisfies Record<string, Style>;

/** Between the edge of a cell and its text. */
export const padding = { x: 2.5, y: 1.5 } as const;

/** Further room between a number and a text on its right, which would read as one. */
export const numberGap = 5;

/** Of a number: one that would have to be smaller has a line of its own, as wide as it needs. */
export const smallestSize = 5;

/** Between the lines at the top and bottom of a page and what is between them. */
export const pageGap = 6;

/** From 0 (black) to 1 (white). */
export const grays = { heading: 0.9, line: 0.75, sums: 0.3 } as const;

/**
 * Which rows a box shows that is scrolled: as if all of them were in it, though no browser has an
 * element as high as a million rows are.
 */

/** Heights of what is open below rows, by their places. */
export type Opened = ReadonlyMap<number, number>;

export interface Sizes {
  total: number;
  rowHeight: number;
  opened: Opened;
}

/** Firefox has elements of some 17 million pixels, Chromium of 33. */
const highest = 16_000_000;

/** All rows with what is open below them. */
function wholeHeight({ total, rowHeight, opened }: Sizes): number {
  let sum = total * rowHeight;
  for (const [index, height] of opened) if (index < total) sum += height;
  return sum;
}

/** What the box scrolls through. */
export const canvasHeight = (sizes: Sizes): number => Math.min(highest, wholeHeight(sizes));

/**
 * Where in all rows the box is: where the canvas is lower than they are, a step goes farther.
 *
 * @param room height of the box without its head
 */
export function virtualTop(
  sizes: Sizes,
  { scrolled, room, canvas }: { scrolled: number; room: number; canvas: number },
): number {
  const far = canvas - room;
  if (far <= 0) return 0;
  const share = Math.min(1, Math.max(0, scrolled / far));
  return share * (wholeHeight(sizes) - room);
}

/** Where a row begins. */
export function topOf({ rowHeight, opened }: Sizes, index: number): number {
  let sum = index * rowHeight;
  for (const [place, height] of opened) if (place < index) sum += height;
  return sum;
}

/** The rows in sight: from the first to the one after the last. */
export function rowsIn(
  sizes: Sizes,
  { top, room }: { top: number; room: number },
): { from: number; to: number } {
  const from = Math.max(0, indexAt(sizes, top));
  const to = Math.min(sizes.total, indexAt(sizes, top + room) + 1);
  return { from: Math.min(from, to), to };
}

/** The row at a height; what is open below it is of it. */
function indexAt({ rowHeight, opened }: Sizes, height: number): number {
  let before = 0;
  for (const [place, own] of [...opened].sort(([one], [other]) => one - other)) {
    const end = (place + 1) * rowHeight + before + own;
    if (height < (place + 1) * rowHeight + before) break;
    if (height < end) return place;
    before += own;
  }
  return Math.floor((height - before) / rowHeight);
}

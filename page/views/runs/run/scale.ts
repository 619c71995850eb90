/** The time from left to right. */

export interface Scale {
  /** Milliseconds since 1970. */
  from: number;
  to: number;
}

const shortestMs = 10_000;
/** Room for what takes longer than expected, so that the scale holds for a while. */
const headroom = 1.08;

/**
 * It stays the one of before for as long as all fits in it and it is not far too long, so that only
 * what runs is drawn anew.
 */
export function scaleOf(from: number, end: number, isGoingOn: boolean, before?: Scale): Scale {
  if (!isGoingOn) return { from, to: Math.max(end, from + 1_000) };
  const needed = Math.max(end - from, shortestMs) * headroom;
  const holds =
    before?.from === from && end <= before.to && before.to - from <= Math.max(needed * 1.6, 1);
  return holds ? before : { from, to: from + needed };
}

/** Percent from the left. */
export const placeOf = ({ from, to }: Scale, at: number) =>
  Math.min(100, Math.max(0, ((at - from) / (to - from)) * 100));

const steps = [
  1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000,
  1_800_000, 3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000,
];
const mostTicks = 6;

/** Whole minutes and the like, a few. */
export function ticksOf({ from, to }: Scale): { at: number[]; step: number } {
  const step = steps.find((one) => (to - from) / one <= mostTicks) ?? 7 * 86_400_000;
  const first = Math.ceil(from / step) * step;
  const count = Math.max(0, Math.floor((to - first) / step) + 1);
  return { at: Array.from({ length: count }, (_, place) => first + place * step), step };
}

/** Nights: which runs are of one, how it ended, and whether that was late. */

import type { RunSummary } from '../../api/schema.d.ts';

export interface Night {
  /** The day of its morning: `2019-07-31`. */
  day: string;
  runs: readonly RunSummary[];
  state: 'failed' | 'running' | 'succeeded' | 'calm';
  /** When the last of them ended, ISO 8601; undefined: one has not. */
  endedAt: string | undefined;
  /** By how much later than the median it ended, in milliseconds; undefined: it did not. */
  lateMs: number | undefined;
}

const halfDayMs = 43_200_000;
const dayMinutes = 1_440;
/** What is less than that later nobody asks about. */
const leastLateMs = 20 * 60_000;
/** Of fewer nights no median says what is usual. */
const fewest = 5;

/**
 * @param dayOf an instant's day, and `minuteOf` its minute of that day, by the catalogue's clock
 */
export function nightsOf(
  runs: readonly RunSummary[],
  clock: { dayOf(at: number): string; minuteOf(at: number): number },
): Map<string, Night> {
  // From noon to noon: what begins before midnight is of the next morning.
  const byDay = Map.groupBy(runs, ({ createdAt }) =>
    clock.dayOf(Date.parse(createdAt) + halfDayMs),
  );
  const nights = [...byDay].map(([day, ones]) => ({ day, runs: ones, endedAt: endOf(ones) }));
  const minute = (at: string) => (clock.minuteOf(Date.parse(at)) + dayMinutes / 2) % dayMinutes;
  const ends = nights.flatMap(({ endedAt }) => (endedAt === undefined ? [] : minute(endedAt)));
  const usual = ends.length < fewest ? undefined : median(ends);
  return new Map(
    nights.map(({ day, runs: ones, endedAt }) => {
      const later =
        usual === undefined || endedAt === undefined ? 0 : (minute(endedAt) - usual) * 60_000;
      const lateMs = later >= leastLateMs ? later : undefined;
      return [day, { day, runs: ones, state: stateOf(ones), endedAt, lateMs }];
    }),
  );
}

function endOf(runs: readonly RunSummary[]): string | undefined {
  const ends = runs.flatMap(({ endedAt }) => endedAt ?? []).sort();
  return ends.length < runs.length ? undefined : ends.at(-1);
}

/** By the worst of them. */
function stateOf(runs: readonly RunSummary[]): Night['state'] {
  const states = new Set(runs.map(({ state }) => state));
  if (states.has('failed') || states.has('interrupted')) return 'failed';
  if (states.has('running') || states.has('queued') || states.has('waiting')) return 'running';
  return states.has('succeeded') ? 'succeeded' : 'calm';
}

/** The middle value, or the mean of the two middle ones. Of none it is 0. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low = 0, high = low] = [
    sorted[Math.ceil(sorted.length / 2) - 1],
    sorted[Math.floor(sorted.length / 2)],
  ];
  return (low + high) / 2;
}

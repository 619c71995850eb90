/** A FlexiBee server writes local time; ours stands in Prague. */

const hour = 3_600_000;

/** The last Sunday of a month at 01:00 UTC, when the clocks of the EU change. */
function clockChange(year: number, month: number): number {
  const last = new Date(Date.UTC(year, month + 1, 0, 1));
  return last.getTime() - last.getUTCDay() * 24 * hour;
}

const summers = new Map<number, { from: number; to: number }>();

/** Looked up for every date of every record, so kept. */
function summerOf(year: number): { from: number; to: number } {
  const known = summers.get(year);
  if (known !== undefined) return known;
  const summer = { from: clockChange(year, 2), to: clockChange(year, 9) };
  summers.set(year, summer);
  return summer;
}

/** Offset of Prague from UTC in milliseconds. */
function pragueOffset(time: number): number {
  const { from, to } = summerOf(new Date(time).getUTCFullYear());
  return time >= from && time < to ? 2 * hour : hour;
}

const offsetText = (offset: number) => (offset === hour ? '+01:00' : '+02:00');

/** `2026-01-31T17:18:14.075+01:00`. @param time milliseconds since 1970 */
export function localDateTime(time: number): string {
  const offset = pragueOffset(time);
  return new Date(time + offset).toISOString().replace('Z', offsetText(offset));
}

/** `2026-01-31`. @param time milliseconds since 1970 */
export function localDate(time: number): string {
  return new Date(time + pragueOffset(time)).toISOString().slice(0, 10);
}

/** `2026-01-31` as FlexiBee exports it: `2026-01-31+01:00`, with the offset of that midnight. */
export function dateWithOffset(date: string): string {
  const midnight = Date.parse(`${date}T00:00:00+01:00`);
  return date + offsetText(pragueOffset(midnight));
}

/** `2021-03-12 23:59:55.586215` as PostgreSQL writes it. @param time microseconds since 1970 */
export function localTimestamp(time: number): string {
  const milliseconds = Math.floor(time / 1000);
  const seconds = new Date(milliseconds + pragueOffset(milliseconds)).toISOString().slice(0, 19);
  const fraction = String(time % 1_000_000)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return `${seconds.replace('T', ' ')}.${fraction || '0'}`;
}

/**
 * Time by the clock on a zone's wall. A wall clock's reading is held as milliseconds since
 * 1970-01-01T00:00 on that clock.
 */

const dayMs = 86_400_000;
/** Zones change their offset at a whole quarter of an hour, UTC. */
const quarterMs = 900_000;
/** Forgotten all at once: a day of quarters and more for a run over years of dates. */
const largestCache = 20_000;

export function isZone(zone: string): boolean {
  try {
    return formatOf(zone) !== undefined;
  } catch {
    return false;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, format);
  return format;
}

const offsets = new Map<string, Map<number, number>>();

/** How far the wall clock is ahead of UTC at this instant, in milliseconds. */
function offsetAt(instant: number, zone: string): number {
  if (zone === 'UTC') return 0;
  const quarter = Math.floor(instant / quarterMs);
  const known = offsets.get(zone) ?? new Map<number, number>();
  offsets.set(zone, known);
  const cached = known.get(quarter);
  if (cached !== undefined) return cached;
  const start = quarter * quarterMs;
  const part: Record<string, number> = {};
  let isBeforeChrist = false;
  for (const { type, value } of formatOf(zone).formatToParts(start)) {
    if (type === 'era') isBeforeChrist = value.startsWith('B');
    else part[type] = Number(value);
  }
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  const wall = new Date(0);
  wall.setUTCFullYear(isBeforeChrist ? 1 - year : year, month - 1, day);
  wall.setUTCHours(hour, minute, second);
  const offset = wall.getTime() - start;
  if (known.size >= largestCache) known.clear();
  known.set(quarter, offset);
  return offset;
}

/** What the wall clock shows at an instant (milliseconds since 1970 in UTC). */
export const wallClock = (instant: number, zone: string): number =>
  instant + offsetAt(instant, zone);

/**
 * When the wall clock shows this. Of an hour that comes twice the first one; of an hour that is
 * left out, as far after its beginning.
 */
export function instantOf(wall: number, zone: string): number {
  const before = wall - offsetAt(wall - dayMs, zone);
  if (wallClock(before, zone) === wall) return before;
  const after = wall - offsetAt(wall + dayMs, zone);
  return wallClock(after, zone) === wall ? after : before;
}

/**
 * The same, but of an hour that is left out the first moment after it: the clock that shows 03:00
 * right after 01:59 has passed 02:30 then.
 */
export function passedAt(wall: number, zone: string): number {
  const instant = instantOf(wall, zone);
  const offsetBefore = wall - instant;
  const offset = (at: number) => wallClock(at, zone) - at;
  if (offset(instant) === offsetBefore) return instant;
  let from = Math.floor(instant / quarterMs) * quarterMs;
  while (offset(from - 1) !== offsetBefore) from -= quarterMs;
  return from;
}

/**
 * The moment at which a day begins by the clock of a zone.
 *
 * @param day `2019-07-31`, a day that there is; `later` so many days after it
 */
export function startOfDay(day: string, zone: string, later = 0): Date {
  return new Date(instantOf(Date.parse(day) + later * dayMs, zone));
}

/** Points in time as people write them: with an offset, or by the clock on a zone's wall. */

import { instantOf, startOfDay } from './zone.ts';

export const momentUse =
  'a time with its zone (2026-11-30T02:00:00Z), or a time or date by the catalogue’s clock (2026-11-30T02:00, 2026-11-30)';

const pattern =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?)?$/i;

/**
 * The instant that is meant; a date is its beginning. Undefined for what is none. Of an hour that
 * comes twice by the zone's clock the first one is meant; an hour that is left out is as long after
 * its beginning.
 *
 * @param zone IANA name
 */
export function momentOf(text: string, zone: string): Date | undefined {
  const [, date = '', time = '00:00', second = '00', fraction = '', offset] =
    pattern.exec(text) ?? [];
  const milliseconds = fraction.padEnd(3, '0').slice(0, 3);
  const wall = Date.parse(`${date}T${time}:${second}.${milliseconds}Z`);
  // What JavaScript takes for the first of March, and 24:00, is no date and no time.
  if (Number.isNaN(wall) || !new Date(wall).toISOString().startsWith(`${date}T${time}`)) {
    return undefined;
  }
  if (offset === undefined) return new Date(instantOf(wall, zone));
  return new Date(`${date}T${time}:${second}.${milliseconds}${offset.toUpperCase()}`);
}

/** Where what is meant is over: a moment at once, a date with the beginning of the next one. */
export function endOfMoment(text: string, zone: string): Date | undefined {
  const moment = momentOf(text, zone);
  return moment !== undefined && text.length === 10 ? startOfDay(text, zone, 1) : moment;
}

/** Instants as people read them: by the clock on a zone's wall, to the minute. */

import { wallClock } from './zone.ts';

/** `2026-11-30 02:30`. */
export function wallText(instant: string, zone: string): string {
  const wall = new Date(wallClock(Date.parse(instant), zone));
  return wall.toISOString().slice(0, 16).replace('T', ' ');
}

/**
 * A text of ours with the instants that it names by the zone's clock. Texts are made where no reader
 * is, so they have instants as JSON has them: in UTC, to the millisecond. What is written otherwise,
 * as by whoever typed it or by a server, stays.
 */
export function withWallTexts(text: string, zone: string): string {
  return text.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, (instant) =>
    Number.isNaN(Date.parse(instant)) ? instant : wallText(instant, zone),
  );
}

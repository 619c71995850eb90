/** How old data are, by the newest timestamp of a place that the catalogue has watched. */

import { z } from 'zod';
import { instantSchema } from '../../storage/instant.ts';

/** Times are absolute: whoever reads it later knows what has become old meanwhile. */
export const ageSchema = z
  .object({
    entity: z.string(),
    code: z.string(),
    place: z.string(),
    maxAgeMs: z.number().positive(),
    /** When it was read last; absent: never yet. */
    readAt: instantSchema.exactOptional(),
    /** As the server holds it; absent: there is no timestamp. */
    newest: z.string().exactOptional(),
    /** From when on it is too old, as long as nothing newer is read. */
    oldAt: instantSchema.exactOptional(),
    /** It was old at the latest look: whoever finds it so now and not then is the first. */
    old: z.literal(true).exactOptional(),
    /** Why it was not read at the latest look. */
    error: z.string().exactOptional(),
  })
  .meta({ id: 'Age' });
export type Age = z.infer<typeof ageSchema>;

export function isOld({ oldAt }: Pick<Age, 'oldAt'>, now: Date): boolean {
  return oldAt !== undefined && Date.parse(oldAt) <= now.getTime();
}

export function ageKey({ entity, code, place }: Pick<Age, 'entity' | 'code' | 'place'>): string {
  return JSON.stringify([entity, code, place]);
}

/** The clock of a database, by both of its hands: `2019-07-31T23:59:59.1234567`. */
export interface Hands {
  local: string;
  utc: string;
}

/**
 * Milliseconds between a timestamp and the clock of its own database; undefined for what is none.
 *
 * @param clock by which it is written, where it has no offset of its own
 */
export function ageMs(newest: string, clock: keyof Hands, hands: Hands): number | undefined {
  const hasOffset = /(?:Z|[+-]\d\d:\d\d)$/.test(newest);
  const at = instantOf(newest);
  const now = instantOf(hasOffset ? hands.utc : hands[clock]);
  return at === undefined || now === undefined ? undefined : now - at;
}

/** A time without an offset counts as if it were in UTC: only differences are taken. */
function instantOf(text: string): number | undefined {
  const [, day, time = 'T00:00:00', offset = 'Z'] =
    /^(\d{4}-\d\d-\d\d)([T ]\d\d:\d\d(?::\d\d(?:\.\d{1,7})?)?)?(Z|[+-]\d\d:\d\d)?$/.exec(text) ??
    [];
  // More digits than milliseconds have are not read everywhere.
  const at = Date.parse(`${day}${time.replace(' ', 'T').replace(/(\.\d{3})\d+$/, '$1')}${offset}`);
  return Number.isNaN(at) ? undefined : at;
}

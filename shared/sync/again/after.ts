/** How long before something is done again: `90s`, `10m`, `2h`, `1d`. */

import { z } from 'zod';
import { durationMs } from '../../time/duration.ts';

const longestMs = 7 * 86_400_000;

export const allowedAfter = 'a time from 0s to 7d, as 90s, 10m, 2h or 1d';

/** Where a call does not say. */
export const usualAfter = '10m';

/** Milliseconds; undefined for what is none. */
export function afterMs(text: string): number | undefined {
  const ms = durationMs(text);
  return ms !== undefined && ms <= longestMs ? ms : undefined;
}

export const afterSchema = z
  .string()
  .regex(/^\d{1,6}[smhd]$/)
  .refine((text) => afterMs(text) !== undefined)
  .meta({ description: 'How long before that: 10m unless told, 7d at most' });

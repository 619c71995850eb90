/** Which minutes a company is polled in. */

import { createHash } from 'node:crypto';

/**
 * Every so many minutes, by the clock alone: nothing is to be remembered, and companies that are
 * polled seldom do not all come in the same minute.
 */
export function isDue(code: string, everyMinutes: number, at: Date): boolean {
  const minute = Math.floor(at.getTime() / 60_000);
  const offset = createHash('sha256').update(code).digest().readUInt32BE(0);
  return (minute + offset) % everyMinutes === 0;
}

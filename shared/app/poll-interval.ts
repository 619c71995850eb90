/** Which minutes a company is polled in. */

import { createHash } from 'node:crypto';

/** While its web hook works; the hook has it polled at once. */
const withHookMinutes = 5;

/**
 * Every so many minutes, by the clock alone: nothing is to be remembered, and companies that are
 * polled seldom do not all come in the same minute.
 */
export function isDue(code: string, everyMinutes: number, at: Date): boolean {
  const minute = Math.floor(at.getTime() / 60_000);
  const offset = createHash('sha256').update(code).digest().readUInt32BE(0);
  return (minute + offset) % everyMinutes === 0;
}

/**
 * The same by what the catalogue says; where it says nothing, each minute, and each fifth while its
 * hook works.
 *
 * @param hookIsLive asked where it matters
 */
export async function isTimeToPoll(
  { code, pollMinutes }: { code: string; pollMinutes?: number | undefined },
  at: Date,
  hookIsLive: () => Promise<boolean>,
): Promise<boolean> {
  if (pollMinutes !== undefined) return isDue(code, pollMinutes, at);
  return isDue(code, withHookMinutes, at) || !(await hookIsLive());
}

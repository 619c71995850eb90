/** What is left undone when the requests of a day (UTC) run out. */

import type { CompanyMessage } from './company-message.ts';

/** Of a day's requests: what is left is for hooks, and for people. */
const sparingFrom = 0.9;

/** Whether a company is asked for it: what is due at all hours waits first, hooks and people never. */
export function isAffordable(
  { why, wish }: Pick<CompanyMessage, 'why' | 'wish'>,
  today: number,
  perDay: number,
): boolean {
  if (why === 'hook' || why === 'request') return true;
  // Somebody asked for it, if it is not of the night.
  if (why === 'reconcile' && !wish?.startsWith('night')) return true;
  // A poll that is begun goes on for longer.
  return today < perDay * (why === 'rest' ? 1 : sparingFrom);
}

/** What people are told; undefined while there is enough. */
export function sparingText(today: number, perDay: number | undefined): string | undefined {
  if (perDay === undefined || today < perDay * sparingFrom) return undefined;
  return `${today} of the ${perDay} requests of this day (UTC) are used: until it ends, the company is polled for hooks and when somebody asks`;
}

/** Spreads a stage's time over its work and says how far it is, at each quarter. */

import type { ProcedureContext } from 'tds-sqlite';

const quarters = [0.25, 0.5, 0.75, 1];

export interface ProgressOptions {
  /** What the messages begin with. */
  label: string;
  /** Rows to go through. */
  total: number;
  /** Milliseconds that the whole should take; real work counts. */
  budget: number;
  now(): Date;
}

/**
 * Returns `advance(done)`: call it after each chunk with the rows done so far, and once at the end
 * with `total`. It waits until the same part of the time has passed as of the work, so that the
 * time left after slow work is shorter, and never adds to work slower than the budget.
 */
export function startProgress(
  context: Pick<ProcedureContext, 'message' | 'delay'>,
  { label, total, budget, now }: ProgressOptions,
): (done: number) => Promise<void> {
  const start = now().getTime();
  let reached = 0;
  let waited = 0;

  async function waitUntil(fraction: number): Promise<void> {
    const elapsed = Math.max(0, now().getTime() - start);
    // Never beyond the budget in all, whatever somebody does to the clock.
    const rest = Math.min(budget * fraction - elapsed, budget - waited);
    if (rest <= 0) return;
    waited += rest;
    await context.delay(rest);
  }

  return async (done) => {
    const fraction = total === 0 ? 1 : Math.min(1, done / total);
    for (const quarter of quarters) {
      if (quarter <= reached || quarter > fraction) continue;
      await waitUntil(quarter);
      if (total > 0 || budget > 0 || quarter === 1) {
        const rows = Math.floor(total * quarter);
        context.message(`${label}: ${rows} of ${total} rows (${quarter * 100} %)`);
      }
    }
    await waitUntil(fraction);
    reached = fraction;
  };
}

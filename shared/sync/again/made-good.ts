/** Whether what a retry waits to make has been made meanwhile. */

import { periodText } from '../period.ts';
import type { Run } from '../run.ts';
import type { RunStore } from '../run-store.ts';
import { callsOf } from './what-again.ts';

/**
 * @param run a retry that waits
 * @returns another retry of the same run, by hand or by itself, that has succeeded with all of this
 *   one's calls since this one was asked for
 */
export async function madeGoodBy(
  runs: Pick<RunStore, 'look'>,
  { id, retryOf, retryFrom, ...run }: Run,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (retryOf === undefined || retryFrom !== 'failure') return undefined;
  const before = (await runs.look(retryOf, signal))?.value;
  const wanted = madeOf({ id, ...run });
  for (const other of before?.retriedBy ?? []) {
    const retry = other === id ? undefined : (await runs.look(other, signal))?.value;
    if (retry?.state !== 'succeeded' || (retry.endedAt ?? '') < run.createdAt) continue;
    const made = madeOf(retry);
    if ([...wanted].every((one) => made.has(one))) return other;
  }
  return undefined;
}

/** Each entity of each data source in each month. */
function madeOf(run: Run): Set<string> {
  const made = callsOf(run).flatMap(({ codes, names, periods }) =>
    (periods?.map(periodText) ?? ['']).flatMap((month) =>
      codes.flatMap((code) => names.map((name) => `${code} ${name} ${month}`)),
    ),
  );
  return new Set(made);
}

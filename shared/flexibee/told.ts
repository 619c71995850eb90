/** What telemetry is told of what is written into mirrors. */

import { measured } from '../telemetry/measurements.ts';
import { inSpan } from '../telemetry/spans.ts';
import { noRows, sum } from './applied-rows.ts';
import type { Cursor } from './cursor.ts';
import type { AppliedRows, MirrorPage } from './types.ts';

type Applied = ReadonlyMap<string, AppliedRows>;

/** Applies a page, told with how many rows it wrote. */
export async function toldApply(
  { company, batches }: MirrorPage,
  apply: () => Promise<Applied>,
): Promise<Applied> {
  const described = () => ({
    attributes: { 'syncboard.company': company, 'syncboard.evidences': batches.length },
  });
  return await inSpan('apply', described, async (span) => {
    const applied = await apply();
    if (span === undefined) return applied;
    const total = [...applied.values()].reduce((all, one) => sum(all, one), noRows);
    for (const [kind, rows] of Object.entries(total)) {
      span.setAttribute(`syncboard.rows.${kind}`, rows);
      measured()?.appliedRows.add(rows, { kind });
    }
    return applied;
  });
}

/** How far the mirror is behind once a poll is over. */
export function tellBehind({ behindSince, gaps }: Cursor, now: Date): void {
  const since = behindSince === undefined ? now.getTime() : Date.parse(behindSince);
  measured()?.companyLag.record(Math.max(0, now.getTime() - since) / 1000);
  measured()?.companyGaps.record(gaps.length);
}

/**
 * Reading evidences in full, page by page, the cursor moving after each.
 *
 * Whatever is read has the version that was consumed when the load began: a change above it is
 * applied later, and so is a late one, which is read later. What the mirror saw before the load's
 * first page and not since is gone at the source.
 */

import { withPending } from './cursor.ts';
import { type Step, type StepContext, stateOf } from './step.ts';

/** Records in one request and one call. */
const batchSize = 1000;

/** @param loads as in the cursor: the first perhaps begun */
export async function* loadSteps(
  { company, source, cursor, readAt }: StepContext,
  signal: AbortSignal,
): AsyncGenerator<Step, void, undefined> {
  const version = cursor.next - 1;
  for (const [index, load] of cursor.loads.entries()) {
    const { evidence } = load;
    const later = cursor.loads.slice(index + 1);
    let { afterId, since } = load;
    for (let isLast = false; !isLast; ) {
      const at = readAt();
      since ??= at;
      const { records } = await source.list(evidence, { afterId, limit: batchSize }, signal);
      isLast = records.length < batchSize;
      afterId = records.at(-1)?.id ?? afterId;
      const begun = { evidence, afterId, since };
      const loads = isLast ? later : [begun, ...later];
      yield {
        page: {
          company,
          generation: cursor.generation,
          readAt: at,
          batches: [
            {
              evidence,
              changes: [],
              records: records.map((record) => stateOf(record, version)),
              ...(isLast && { gone: { readBefore: since, version } }),
            },
          ],
        },
        moved: (before) => ({ ...before, loads, pending: withPending(before, [evidence]) }),
      };
    }
  }
}

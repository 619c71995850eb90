/**
 * Reading evidences in full, page by page, the cursor moving after each.
 *
 * Whatever is read has the version that was consumed when the load began: a change above it is
 * applied later, and so is a late one, which is read later. What the mirror saw before the load's
 * first page and not since is gone at the source.
 *
 * An evidence that cannot be read stays to be loaded, and the others go on.
 */

import { type Cursor, type Load, withPending } from './cursor.ts';
import { FlexibeeError } from './errors.ts';
import {
  ownTroubleOf,
  resting,
  withEvidenceTrouble,
  withoutEvidenceTrouble,
} from './evidence-trouble.ts';
import { RequestSizes } from './request-sizes.ts';
import type { StoredStale } from './stale.ts';
import { type Step, type StepContext, stateOf } from './step.ts';
import type { RecordsPage } from './types.ts';

/** Records in one request and one call. */
const batchSize = 1000;

/**
 * The loads of the cursor, the first perhaps begun.
 *
 * @param isStrict whether the trouble of an evidence is thrown
 */
export async function* loadSteps(
  context: StepContext,
  isStrict: boolean,
  signal: AbortSignal,
): AsyncGenerator<Step, void, undefined> {
  const { cursor, now } = context;
  const sizes = new RequestSizes(cursor.sizes, context.pageSize);
  const rest = new Set(isStrict ? [] : resting(cursor, now()));
  for (const load of cursor.loads) {
    if (!rest.has(load.evidence)) yield* stepsOf(context, load, sizes, isStrict, signal);
  }
}

async function* stepsOf(
  { company, source, cursor, now, readAt }: StepContext,
  load: Load,
  sizes: RequestSizes,
  isStrict: boolean,
  signal: AbortSignal,
): AsyncGenerator<Step, void, undefined> {
  const version = cursor.next - 1;
  const { evidence } = load;
  let { afterId, since } = load;
  for (let isLast = false; !isLast; ) {
    const at = readAt();
    const nothing = { company, generation: cursor.generation, readAt: at, batches: [] };
    const limit = sizes.of(evidence, batchSize);
    let page: RecordsPage;
    try {
      page = await source.list(evidence, { afterId, limit }, signal);
    } catch (error) {
      const isTooMuch = error instanceof FlexibeeError && error.isTooMuch;
      if (isTooMuch && sizes.tooMuch(evidence, limit)) {
        const stored = sizes.toStored();
        yield { page: nothing, moved: (before) => ({ ...before, sizes: stored }) };
        continue;
      }
      const report = ownTroubleOf(error);
      if (isStrict || report === undefined) throw error;
      yield {
        page: nothing,
        moved: (before) =>
          withEvidenceTrouble(
            { ...before, loads: last(before, evidence) },
            evidence,
            report,
            now(),
          ),
      };
      return;
    }
    const { records, count } = page;
    since ??= at;
    // A page that was cut short ends nothing: what it did not list would be deleted.
    isLast = count === undefined ? records.length === 0 : records.length >= count;
    afterId = records.at(-1)?.id ?? afterId;
    sizes.answered(evidence, limit, batchSize);
    const begun = { evidence, afterId, since };
    const stored = sizes.toStored();
    const isEnd = isLast;
    const batch = {
      evidence,
      changes: [],
      records: records.map((record) => stateOf(record, version)),
      ...(isLast && { gone: { readBefore: since, version } }),
    };
    yield {
      page: { ...nothing, batches: [batch] },
      moved: (before) => ({
        ...withoutEvidenceTrouble(before, evidence),
        sizes: stored,
        // What is not listed has been deleted in the mirror, too.
        ...(isEnd && { hidden: withoutEvidence(before.hidden, evidence) }),
        loads: [...(isEnd ? [] : [begun]), ...others(before, evidence)],
        pending: withPending(before, [evidence]),
      }),
    };
  }
}

function withoutEvidence(hidden: StoredStale, evidence: string): StoredStale {
  const { [evidence]: _, ...rest } = hidden;
  return rest;
}

function others({ loads }: Cursor, evidence: string): Load[] {
  return loads.filter((load) => load.evidence !== evidence);
}

/** What cannot be loaded lets the others go first. */
function last(cursor: Cursor, evidence: string): Load[] {
  const own = cursor.loads.filter((load) => load.evidence === evidence);
  return [...others(cursor, evidence), ...own];
}

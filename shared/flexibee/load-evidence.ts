/**
 * Reading evidences in full, page by page, the cursor moving after each.
 *
 * Whatever is read has the version that was consumed when the load began: a change above it is
 * applied later, and so is a late one, which is read later. What the mirror saw before the load's
 * first page and not since is gone at the source, or hidden: see unlisted.ts.
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
import { StaleRecords, type StoredStale } from './stale.ts';
import { goneIn } from './stale-steps.ts';
import { type Step, type StepContext, stateOf } from './step.ts';
import type { RecordsPage } from './types.ts';
import { goneAtOnce, type Unlisted, unlisted } from './unlisted.ts';

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
  context: StepContext,
  load: Load,
  sizes: RequestSizes,
  isStrict: boolean,
  signal: AbortSignal,
): AsyncGenerator<Step, void, undefined> {
  const { company, source, cursor, now, readAt } = context;
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
    const states = records.map((record) => stateOf(record, version));
    const isEnd = isLast;
    let rest: Unlisted | undefined;
    if (isEnd && context.unseen !== undefined) {
      yield {
        page: { ...nothing, batches: [{ evidence, changes: [], records: states.splice(0) }] },
      };
      // A step is made while the one before is applied: behind this one the mirror has the page.
      yield { page: nothing };
      rest = await unlisted(context, { evidence, since }, signal);
    }
    const gone = (rest?.gone ?? []).map((id) => goneIn(id, version));
    // They may be many; the cursor moves behind the last of them.
    while (gone.length > goneAtOnce) {
      const some = gone.splice(0, goneAtOnce);
      yield { page: { ...nothing, batches: [{ evidence, changes: [], records: some }] } };
    }
    const batch = {
      evidence,
      changes: [],
      records: [...states, ...gone],
      ...(isEnd && rest === undefined && { gone: { readBefore: since, version } }),
    };
    yield {
      page: { ...nothing, batches: [batch] },
      moved: (before) => ({
        ...withoutEvidenceTrouble(before, evidence),
        sizes: stored,
        ...(isEnd && { hidden: withHidden(before.hidden, evidence, rest?.hidden ?? []) }),
        loads: [...(isEnd ? [] : [begun]), ...others(before, evidence)],
        pending: withPending(before, [evidence]),
      }),
    };
  }
}

/** What is not listed is deleted in the mirror now, or it is one of these. */
function withHidden(before: StoredStale, evidence: string, ids: readonly string[]): StoredStale {
  const hidden = new StaleRecords(before);
  const { [evidence]: known } = before;
  const versions = new Map(known?.ids.map((id, index) => [id, known.versions[index] ?? 0]));
  hidden.drop(evidence);
  for (const id of ids) hidden.add(evidence, id, versions.get(id) ?? 0);
  return hidden.toStored();
}

function others({ loads }: Cursor, evidence: string): Load[] {
  return loads.filter((load) => load.evidence !== evidence);
}

/** What cannot be loaded lets the others go first. */
function last(cursor: Cursor, evidence: string): Load[] {
  const own = cursor.loads.filter((load) => load.evidence === evidence);
  return [...others(cursor, evidence), ...own];
}

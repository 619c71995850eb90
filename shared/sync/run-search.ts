/** Looking for runs: those of the index, and a listing of what is newer. */

import { sideBySide } from '../async/side-by-side.ts';
import { isFinished } from './run.ts';
import { fits, type RunFilter, runFits } from './run-filter.ts';
import type { RunIndex } from './run-index.ts';
import type { IndexedRuns } from './run-index-document.ts';
import type { RunStore } from './run-store.ts';
import { summaryOf } from './summary.ts';
import type { RunPage, RunSummary, SearchOptions } from './syncs.ts';

/** The index leaves out few more than this (`worthWriting` in `run-index.ts`). */
const listedAtOnce = 500;

/** Where only the documents know, or say whether they are there yet. */
const readsAtOnce = 8;

export interface SearchDependencies {
  runs: RunStore;
  index: RunIndex;
}

/**
 * @param keptSince what has ended before may have been removed: it is looked up
 * @throws storage's error, or the reason of `signal`
 */
export async function searchRuns(
  { runs, index }: SearchDependencies,
  { filter, limit, after = '' }: SearchOptions,
  keptSince: Date,
  signal: AbortSignal,
): Promise<RunPage> {
  const known = await index.read(signal);
  const found: RunSummary[] = [];
  for await (const candidates of sections(runs, known, after, signal)) {
    const next = candidates.filter(({ id }) => id > after);
    for (let at = 0; at < next.length && found.length <= limit; ) {
      const some = next.slice(at, at + listedAtOnce);
      at += some.length;
      const sure = await confirmed(runs, some, filter, keptSince, limit + 1 - found.length, signal);
      for (const run of sure) found.push(run);
    }
    if (found.length > limit) break;
  }
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return found.length > limit && last !== undefined
    ? { runs: shown, next: last.id }
    : { runs: shown };
}

/** All runs behind `after`, newest first, a section at a time. */
async function* sections(
  runs: RunStore,
  known: IndexedRuns | undefined,
  after: string,
  signal: AbortSignal,
): AsyncGenerator<RunSummary[], void, undefined> {
  const upTo = known?.upTo;
  if (upTo === undefined || after < upTo) {
    for await (const page of runs.pages(listedAtOnce, signal)) {
      const newer = upTo === undefined ? page : page.filter(({ id }) => id < upTo);
      if (newer.length > 0) yield newer;
      if (newer.length < page.length) break;
    }
  }
  if (known === undefined) return;
  const open = await sideBySide(
    known.unfinished,
    readsAtOnce,
    (id, within) => runs.look(id, within),
    signal,
  );
  const unfinished = open.flatMap((seen) => (seen === undefined ? [] : summaryOf(seen.value)));
  if (unfinished.length === 0) yield known.finished;
  else yield [...known.finished, ...unfinished].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The first `most` that fit. */
async function confirmed(
  runs: RunStore,
  candidates: readonly RunSummary[],
  filter: RunFilter,
  keptSince: Date,
  most: number,
  signal: AbortSignal,
): Promise<RunSummary[]> {
  const possible = candidates.flatMap((run) => {
    const isFitting = fits(run, filter);
    return isFitting === false ? [] : [{ run, isFitting }];
  });
  const found: RunSummary[] = [];
  for (let at = 0; at < possible.length && found.length < most; at += most) {
    const some = await sideBySide(
      possible.slice(at, at + most),
      readsAtOnce,
      async ({ run, isFitting }, within) => {
        if (isFitting && !mayBeGone(run, keptSince)) return run;
        const seen = await runs.look(run.id, within);
        return seen !== undefined && runFits(seen.value, filter) ? run : undefined;
      },
      signal,
    );
    for (const run of some) if (run !== undefined) found.push(run);
  }
  return found.slice(0, most);
}

function mayBeGone({ state, endedAt }: RunSummary, keptSince: Date): boolean {
  return (
    isFinished({ state }) && endedAt !== undefined && Date.parse(endedAt) < keptSince.getTime()
  );
}

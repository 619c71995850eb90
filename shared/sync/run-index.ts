/**
 * Lines of the runs that are settled, all in one document: to look for one among ten thousand a
 * listing of storage's would take seconds. A timer adds to it (`extend`); whoever looks for runs
 * lists only those that are newer (`run-search.ts`).
 *
 * It may go at any time: it is made anew out of the runs themselves.
 */

import type { ContainerClient } from '@azure/storage-blob';
import { sideBySide } from '../async/side-by-side.ts';
import {
  DocumentConflictError,
  DocumentNewerError,
  DocumentStore,
  type Found,
} from '../storage/documents.ts';
import type { Tell } from '../storage/tell.ts';
import { isFinished } from './run.ts';
import { idAt } from './run-id.ts';
import {
  byId,
  emptyIndex,
  type IndexedRuns,
  indexForm,
  indexName,
  indexPrefix,
  isEmptyIndex,
  opened,
  packed,
  type StoredIndex,
  settledMs,
} from './run-index-document.ts';
import type { RunStore } from './run-store.ts';
import { summaryOf } from './summary.ts';
import type { RunSummary } from './syncs.ts';

/** New ones that are worth writing all of them again; a search lists as many more. */
const worthWriting = 200;

/** After so long it is made anew: whoever removes runs by hand tells nobody. */
const longestLifeMs = 7 * 86_400_000;

const page = 1_000;
const readsAtOnce = 8;

export class RunIndex {
  readonly #documents: DocumentStore<StoredIndex>;
  readonly #runs: RunStore;
  /** As it was read last, and what that means. */
  #known: { found: Found<StoredIndex>; runs: IndexedRuns } | undefined;

  constructor(container: ContainerClient, runs: RunStore, tell?: Tell) {
    this.#documents = new DocumentStore(container, indexPrefix, indexForm, tell);
    this.#runs = runs;
  }

  /** Undefined where there is none (yet), or one of a newer version. */
  async read(signal: AbortSignal): Promise<IndexedRuns | undefined> {
    return (await this.#read(signal))?.runs;
  }

  async #read(signal: AbortSignal) {
    try {
      const found = await this.#documents.readMended(
        indexName,
        emptyIndex,
        signal,
        this.#known?.found,
      );
      if (found === undefined || isEmptyIndex(found.value)) this.#known = undefined;
      else if (found !== this.#known?.found) this.#known = { found, runs: opened(found.value) };
      return this.#known;
    } catch (error) {
      if (error instanceof DocumentNewerError) return undefined;
      throw error;
    }
  }

  /**
   * Adds what has settled since the last time, where that is worth it.
   *
   * @returns how many runs are in it now; undefined: nothing was written
   */
  async extend(now: Date, signal: AbortSignal): Promise<number | undefined> {
    const stored = await this.#documents
      .readMended(indexName, emptyIndex, signal)
      .catch((error: unknown) => {
        if (error instanceof DocumentNewerError) return 'newer' as const;
        throw error;
      });
    if (stored === 'newer') return undefined;
    const isOld =
      stored === undefined ||
      isEmptyIndex(stored.value) ||
      now.getTime() - Date.parse(stored.value.madeAt) > longestLifeMs;
    const before = isOld ? undefined : opened(stored.value);
    const since = await this.#newerThan(before?.upTo, signal);
    const bound = idAt(new Date(now.getTime() - settledMs));
    const settled = since.filter(({ id }) => id >= bound);
    const [first] = settled;
    if (first === undefined || (settled.length < worthWriting && stored !== undefined && !isOld)) {
      return undefined;
    }
    const ended = await this.#endedOf(before?.unfinished ?? [], signal);
    const stillOpen = (before?.unfinished ?? []).filter((id) => !ended.known.has(id));
    const whole = await this.#whole(settled.filter(isFinished), signal);
    const finished = [...whole, ...ended.runs, ...(before?.finished ?? [])].sort(byId);
    const open = settled.filter((run) => !isFinished(run)).map(({ id }) => id);
    const value: StoredIndex = {
      upTo: first.id,
      madeAt:
        before === undefined || stored === undefined ? now.toISOString() : stored.value.madeAt,
      ...packed(finished),
      unfinished: [...open, ...stillOpen].sort(),
    };
    try {
      if (stored === undefined) await this.#documents.create(indexName, value, {}, signal);
      else await this.#documents.replace(indexName, value, {}, stored.etag, signal);
    } catch (error) {
      // Somebody else was faster, or has taken runs out of it meanwhile.
      if (!(error instanceof DocumentConflictError)) throw error;
      return undefined;
    }
    return finished.length;
  }

  /** Takes runs out that are removed. */
  async forget(ids: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    for (;;) {
      const known = await this.#read(signal);
      if (known === undefined || !known.runs.finished.some(({ id }) => ids.has(id))) return;
      const { found, runs } = known;
      const left = packed(runs.finished.filter(({ id }) => !ids.has(id)));
      try {
        await this.#documents.replace(
          indexName,
          { ...found.value, ...left },
          {},
          found.etag,
          signal,
        );
        return;
      } catch (error) {
        if (!(error instanceof DocumentConflictError)) throw error;
      }
    }
  }

  /** Newest first, without the run `upTo` and what is older. */
  async #newerThan(upTo: string | undefined, signal: AbortSignal): Promise<RunSummary[]> {
    const found: RunSummary[] = [];
    for await (const runs of this.#runs.pages(page, signal)) {
      const newer = upTo === undefined ? runs : runs.filter(({ id }) => id < upTo);
      for (const run of newer) found.push(run);
      if (newer.length < runs.length) break;
    }
    return found;
  }

  /** With all codes and entities: the listing may have no room for them. */
  #whole(runs: readonly RunSummary[], signal: AbortSignal): Promise<RunSummary[]> {
    return sideBySide(
      runs,
      readsAtOnce,
      async (run, within) => {
        const isCut = run.moreCodes !== undefined || run.moreNames !== undefined;
        if (!isCut && run.names !== undefined) return run;
        const seen = await this.#runs.look(run.id, within);
        return seen === undefined || seen.isNewer ? run : summaryOf(seen.value);
      },
      signal,
    );
  }

  /** Those that have ended since, or are gone. */
  async #endedOf(ids: readonly string[], signal: AbortSignal) {
    const known = new Set<string>();
    const runs: RunSummary[] = [];
    for (const id of ids) {
      const seen = await this.#runs.look(id, signal);
      if (seen !== undefined && !isFinished(seen.value)) continue;
      known.add(id);
      if (seen !== undefined) runs.push(summaryOf(seen.value));
    }
    return { known, runs };
  }
}

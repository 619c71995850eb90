/** A list of runs that grows with each page, and whose beginning is always the newest. */

import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { answered, api, Refusal } from '../../../api/client.ts';
import type { RunPage, RunSummary } from '../../../api/schema.d.ts';
import { useLive } from '../../../live/use-live.ts';
import type { Filters } from './filters.ts';

export interface Runs {
  /** Newest first; undefined until the first answer. */
  runs: readonly RunSummary[] | undefined;
  /** Path of the next page. */
  next: string | undefined;
  refusal: Refusal | undefined;
}

/** The first page is small, so that it is there at once. */
const laterLimit = '200';

const none: Runs = { runs: undefined, next: undefined, refusal: undefined };

/** @returns the list, and what asks for its next page */
export function useRuns(filters: Filters): { list: ReadonlySignal<Runs>; more(): void } {
  const key = JSON.stringify(filters);
  const first = useLive<RunPage>(`runs ${key}`, (how) =>
    api.GET('/runs', { ...how, params: { query: filters } }),
  );
  const list = useSignal<Runs>(none);
  const asking = useRef<AbortController | undefined>(undefined);

  useEffect(() => {
    list.value = none;
    const unsubscribe = first.subscribe(({ data, refusal }) => {
      const known = list.peek();
      list.value = data === undefined ? { ...none, refusal } : withFirst(known, data, refusal);
    });
    return () => {
      unsubscribe();
      asking.current?.abort();
      asking.current = undefined;
    };
  }, [key]);

  const more = async () => {
    const { runs = [], next } = list.peek();
    if (next === undefined || asking.current !== undefined) return;
    const ended = new AbortController();
    asking.current = ended;
    const query = { ...Object.fromEntries(new URLSearchParams(next.split('?')[1])) };
    try {
      const params = { query: { ...query, limit: laterLimit } };
      const page = await answered(api.GET('/runs', { params, signal: ended.signal }));
      if (!ended.signal.aborted) list.value = withNext(list.peek(), page);
    } catch (error) {
      if (error instanceof Refusal) list.value = { runs, next, refusal: error };
    } finally {
      if (asking.current === ended) asking.current = undefined;
    }
  };
  return { list, more: () => void more() };
}

/** What the first page no longer has, since newer ones have come, stands behind it. */
function withFirst({ runs = [], next }: Runs, page: RunPage, refusal: Refusal | undefined): Runs {
  const last = page.runs.at(-1);
  const ids = new Set(runs.map(({ id }) => id));
  // So many are new that there may be others between: the list begins anew.
  const meets = page.runs.some(({ id }) => ids.has(id));
  // The id of an older run is the greater one.
  const rest = meets && last && page.next ? runs.filter(({ id }) => id > last.id) : [];
  return {
    runs: [...page.runs, ...rest],
    next: rest.length > 0 ? next : page.next,
    refusal,
  };
}

function withNext({ runs = [] }: Runs, page: RunPage): Runs {
  const last = runs.at(-1);
  const found = last === undefined ? page.runs : page.runs.filter(({ id }) => id > last.id);
  return { runs: [...runs, ...found], next: page.next, refusal: undefined };
}

/** What the overview knows of runs: cells, and whose servers are. */

import { sideBySide } from '../../async/side-by-side.ts';
import { type Cell, cellKey, cellsOf, withCells } from '../../board/overview/cells.ts';
import type { Facts, KnownRun, KnownServer } from '../../board/overview/facts.ts';
import type { Catalog } from '../../catalog/index.ts';
import { serversOf } from '../../sync/locks.ts';
import { progressOf } from '../../sync/progress.ts';
import { isFinished, type Run } from '../../sync/run.ts';
import { idAt } from '../../sync/run-id.ts';
import { settledMs } from '../../sync/run-index-document.ts';
import { searchRuns } from '../../sync/run-search.ts';
import { slowFrom } from '../../sync/slow.ts';
import type { SyncState } from '../../sync/sync-state.ts';
import type { RunSummary } from '../../sync/syncs.ts';
import { unfinishedRuns } from '../../sync/unfinished.ts';
import { lookForMet, metBy } from './met.ts';

const readsAtOnce = 8;
const listedAtOnce = 500;
/** Of older runs, with each look: the others are looked through by those that follow. */
const rebuiltAtOnce = 100;

type State = Pick<SyncState, 'runs' | 'index' | 'leases' | 'waiting'>;

export interface RunsLook {
  state: State;
  catalog: Pick<Catalog, 'codes' | 'entityOrder' | 'servers'>;
  before: Facts | undefined;
  now: Date;
  /** What has ended before may be removed. */
  keptSince: Date;
}

export interface RunsSeen extends Pick<Facts, 'runs' | 'cells' | 'servers'> {
  /** As `Facts.met`, with what was looked for meanwhile. */
  met: ReadonlyMap<string, string | null>;
  /** When the latest run of a board was asked for that has come to its end. */
  metOf(board: string, signal: AbortSignal): Promise<string | undefined>;
  /** Of one that came about after this look nobody knows: it has not. */
  hasEnded(id: string): boolean;
  /** As `KnownRun`; undefined: there is none. */
  run(id: string, signal: AbortSignal): Promise<KnownRun | undefined>;
}

/**
 * One listing of the last hour's runs says which have ended since the last look: only those are
 * read. A cell that is made twice is the same, so nothing depends on which they are.
 */
export async function lookAtRuns(look: RunsLook, signal: AbortSignal): Promise<RunsSeen> {
  const { state, before, now } = look;
  const bound = idAt(new Date(now.getTime() - settledMs));
  const listedTo =
    before === undefined ? bound : idAt(new Date(Date.parse(before.lookedAt) - settledMs));
  const listed = await newest(state, listedTo, signal);
  const active = (await unfinishedRuns(state, signal)).map(({ run }) => run);
  const known = new Set(before?.runs.folded);
  const summaries = new Map(listed.map((run) => [run.id, run]));
  const open = (before?.runs.open ?? []).filter((id) => !summaries.has(id));
  const ended = listed.filter((run) => isFinished(run) && !known.has(run.id)).map(({ id }) => id);
  const read = await documents(state, [...ended, ...open], signal);
  let cells = new Map((before?.cells ?? []).map((cell) => [cellKey(cell), cell]));
  for (const run of [...active, ...read.values()]) cells = withCells(cells, cellsOf(run));
  const met = new Map(Object.entries(before?.met ?? {}));
  for (const run of read.values()) {
    const found = await metBy(state, run, signal);
    const known = found && met.get(found.board);
    if (found && (known === undefined || known === null || found.at > known)) {
      met.set(found.board, found.at);
    }
  }
  const rebuilt = await rebuild(look, cells, listedTo, signal);
  const stillOpen = open.filter((id) => {
    const run = read.get(id);
    return run !== undefined && !isFinished(run);
  });
  const openNow = listed.filter((run) => !isFinished(run)).map(({ id }) => id);
  const entries = await state.waiting.list(signal);
  const unended = new Set([
    ...[...active, ...entries].map(({ id }) => id),
    ...openNow,
    ...stillOpen,
  ]);
  const documentOf = new Map([...read, ...active.map((run) => [run.id, run] as const)]);
  return {
    runs: {
      folded: listed.filter((run) => isFinished(run) && run.id < bound).map(({ id }) => id),
      open: [...openNow, ...stillOpen],
      ...(rebuilt.to !== undefined && { rebuiltTo: rebuilt.to }),
    },
    cells: inCatalog(look, rebuilt.cells),
    servers: await serversNow(look, { active, entries, summaries }, signal),
    met,
    async metOf(board, within) {
      const found =
        met.get(board) ??
        (met.has(board) ? null : await lookForMet(state, board, look.keptSince, within));
      met.set(board, found);
      return found ?? undefined;
    },
    hasEnded: (id) => !unended.has(id) && (summaries.has(id) || id >= bound),
    run: (id, within) => knownRun(look, id, { summaries, documentOf }, within),
  };
}

async function newest({ runs }: State, to: string, signal: AbortSignal): Promise<RunSummary[]> {
  const found: RunSummary[] = [];
  for await (const page of runs.pages(listedAtOnce, signal)) {
    const newer = page.filter(({ id }) => id < to);
    found.push(...newer);
    if (newer.length < page.length) break;
  }
  return found;
}

async function documents({ runs }: State, ids: readonly string[], signal: AbortSignal) {
  const read = await sideBySide(
    ids,
    readsAtOnce,
    async (id, within) => (await runs.look(id, within))?.value,
    signal,
  );
  return new Map(read.flatMap((run) => (run === undefined ? [] : [[run.id, run] as const])));
}

/** Looks for cells that have no success yet among older runs, the newest first. */
async function rebuild(
  { state, catalog, before, keptSince }: RunsLook,
  found: Map<string, Cell>,
  listedTo: string,
  signal: AbortSignal,
): Promise<{ cells: Map<string, Cell>; to?: string }> {
  const after = before === undefined ? listedTo : before.runs.rebuiltTo;
  if (after === undefined) return { cells: found };
  const wanted = (cells: ReadonlyMap<string, Cell>) => (code: string, entity: string) =>
    cells.get(cellKey({ code, entity }))?.success === undefined;
  const isOpen = wanted(found);
  const codes = Object.keys(catalog.codes());
  const lacks = codes.some((code) => catalog.entityOrder(code).some((one) => isOpen(code, one)));
  if (!lacks) return { cells: found };
  const search = { filter: {}, limit: rebuiltAtOnce, after };
  const { runs, next } = await searchRuns(state, search, keptSince, signal);
  const useful = runs.filter((run) => isFinished(run) && covers(run, isOpen)).map(({ id }) => id);
  let cells = found;
  for (const run of (await documents(state, useful, signal)).values()) {
    cells = withCells(cells, cellsOf(run));
  }
  return { cells, ...(next !== undefined && { to: next }) };
}

function covers(
  { codes, names, moreCodes, moreNames }: RunSummary,
  isOpen: (code: string, entity: string) => boolean,
): boolean {
  if (names === undefined || moreCodes !== undefined || moreNames !== undefined) return true;
  return codes.some((code) => names.some((name) => isOpen(code, name)));
}

/** In its order; what it has no more is forgotten. */
function inCatalog({ catalog }: RunsLook, cells: ReadonlyMap<string, Cell>): Cell[] {
  return Object.keys(catalog.codes()).flatMap((code) =>
    catalog.entityOrder(code).flatMap((entity) => cells.get(cellKey({ code, entity })) ?? []),
  );
}

async function serversNow(
  { state, catalog }: RunsLook,
  {
    active,
    entries,
    summaries,
  }: {
    active: readonly Run[];
    entries: Awaited<ReturnType<State['waiting']['list']>>;
    summaries: ReadonlyMap<string, RunSummary>;
  },
  signal: AbortSignal,
): Promise<KnownServer[]> {
  const codesOf = async (id: string) => {
    const known = summaries.get(id);
    if (known !== undefined && known.moreCodes === undefined) return known.codes;
    return (await state.runs.look(id, signal))?.value.codes ?? [];
  };
  const waiting = await sideBySide(
    entries,
    readsAtOnce,
    async ({ id, locks }) => ({ id, locks, codes: await codesOf(id) }),
    signal,
  );
  return catalog.servers.map(({ id: server }) => {
    const holder = active.find((run) => serversOf(run).includes(server));
    return {
      server,
      ...(holder && { run: holderOf(holder) }),
      waiting: waiting
        .filter(({ locks }) => locks.includes(server))
        .map(({ id, codes }) => ({ id, codes })),
    };
  });
}

function holderOf(run: Run): NonNullable<KnownServer['run']> {
  const { id, codes, user, startedAt, due } = run;
  const slow = slowFrom(run)?.toISOString();
  return {
    ...{ id, codes, user, endsAt: progressOf(run).estimate?.endsAt ?? null },
    ...(startedAt !== undefined && { startedAt }),
    ...(slow !== undefined && { slowFrom: slow }),
    ...(due && { due }),
  };
}

/** One that has ended is looked at once. */
async function knownRun(
  { state, before }: RunsLook,
  id: string,
  seen: { summaries: ReadonlyMap<string, RunSummary>; documentOf: ReadonlyMap<string, Run> },
  signal: AbortSignal,
): Promise<KnownRun | undefined> {
  const run = seen.documentOf.get(id) ?? seen.summaries.get(id);
  if (run !== undefined) return shown(run);
  const earlier = before?.schedules
    .flatMap(({ run: last, unmet, open }) => [last, unmet?.run, ...open.map((one) => one.run)])
    .find((one) => one?.id === id);
  if (earlier && isFinished(earlier)) return earlier;
  const found = (await state.runs.look(id, signal))?.value;
  return found && shown(found);
}

function shown({ id, state, startedAt, endedAt }: Pick<Run, keyof KnownRun & keyof Run>): KnownRun {
  return {
    ...{ id, state },
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
  };
}

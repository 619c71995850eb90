/** The document of the index of runs (`run-index.ts`), and lines in it as they are elsewhere. */

import type { ContainerClient } from '@azure/storage-blob';
import { z } from 'zod';
import type { DocumentForm } from '../storage/form.ts';
import { instantSchema } from '../storage/instant.ts';
import { storageCall } from '../storage/storage-call.ts';
import { periodSchema } from './call.ts';
import { checkCountsSchema } from './checks/outcome.ts';
import { runKinds, runStates } from './run.ts';
import { timeOfRun } from './run-id.ts';
import { summaryErrorSchema } from './summary.ts';
import type { RunSummary } from './syncs.ts';

const lineSchema = z.object({
  id: z.string(),
  kind: z.enum(runKinds),
  state: z.enum(runStates),
  user: z.string(),
  /** A place in `lists`, as most runs are of the same few. */
  codes: z.int().nonnegative(),
  moreCodes: z.int().exactOptional(),
  names: z.int().nonnegative().exactOptional(),
  moreNames: z.int().exactOptional(),
  board: z.string().exactOptional(),
  period: periodSchema.exactOptional(),
  createdAt: instantSchema,
  startedAt: instantSchema.exactOptional(),
  endedAt: instantSchema.exactOptional(),
  error: summaryErrorSchema.exactOptional(),
  stagesDone: z.int(),
  stagesSkipped: z.int(),
  stagesTotal: z.int(),
  warnings: z.int(),
  checks: checkCountsSchema.exactOptional(),
});

const indexSchema = z.object({
  /** Every run with this id or a greater one, which is an older run, is below. */
  upTo: z.string(),
  /** When all runs were listed for it. */
  madeAt: instantSchema,
  lists: z.array(z.array(z.string())),
  /** Newest first. */
  finished: z.array(lineSchema),
  /** Runs that had not ended by then: their documents say how they are. */
  unfinished: z.array(z.string()),
});
export type StoredIndex = z.infer<typeof indexSchema>;

/** 100 to 400 bytes a run. */
export const indexForm: DocumentForm<StoredIndex> = {
  schema: indexSchema,
  version: 1,
  maxBytes: 256 * 1024 * 1024,
};

export const indexPrefix = 'state/';
export const indexName = 'runs';

/**
 * An id says when its run was asked for; the document comes within the life of a lease. What comes
 * later all the same has the index made anew (`indexIsLate`).
 */
export const settledMs = 3_600_000;
const lateMs = settledMs / 2;

export interface IndexedRuns {
  upTo: string;
  finished: RunSummary[];
  unfinished: string[];
}

/** Whether a run that is made now may be missing in an index that seems to have it. */
export function isLate(id: string, now: Date): boolean {
  const askedAt = timeOfRun(id);
  return askedAt !== undefined && now.getTime() - askedAt.getTime() > lateMs;
}

/** The index is made anew. */
export async function dropIndex(container: ContainerClient, signal: AbortSignal): Promise<void> {
  const blob = container.getBlobClient(`${indexPrefix}${indexName}.json`);
  await storageCall(
    `remove ${blob.name}`,
    (abortSignal) => blob.deleteIfExists({ abortSignal }),
    signal,
  );
}

export const emptyIndex = () => ({
  value: { upTo: '', madeAt: new Date(0).toISOString(), lists: [], finished: [], unfinished: [] },
  metadata: {},
  meaning: 'searches list all runs until it is made anew',
});

/** In place of a damaged one. */
export const isEmptyIndex = ({ upTo }: StoredIndex) => upTo === '';

export const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);

export function packed(runs: readonly RunSummary[]): Pick<StoredIndex, 'lists' | 'finished'> {
  const lists: string[][] = [];
  const places = new Map<string, number>();
  const placeOf = (list: string[]) => {
    const text = JSON.stringify(list);
    const place = places.get(text) ?? lists.push(list) - 1;
    places.set(text, place);
    return place;
  };
  const finished = runs.map(({ codes, names, ...rest }) => ({
    ...rest,
    codes: placeOf(codes),
    ...(names !== undefined && { names: placeOf(names) }),
  }));
  return { lists, finished };
}

export function opened({ upTo, lists, finished, unfinished }: StoredIndex): IndexedRuns {
  const runs = finished.map(({ codes, names, ...rest }) => ({
    ...rest,
    codes: lists[codes] ?? [],
    ...(names !== undefined && { names: lists[names] ?? [] }),
  }));
  return { upTo, finished: runs, unfinished };
}

/** Run documents in storage, newest first by name, with a summary in each blob's metadata. */

import { randomBytes } from 'node:crypto';
import type { ContainerClient } from '@azure/storage-blob';
import { z } from 'zod';
import { DocumentStore, type Found } from '../storage/documents.ts';
import type { RunPage, RunSummary } from './index.ts';
import { hasEnded, isFinished, type Run, runSchema, runStates, warningsIn } from './run.ts';

/** 36 ** 9 − 1: nine base-36 digits hold the milliseconds of the next three thousand years. */
const lastInstant = 36 ** 9 - 1;

/** Blobs in one answer of a listing (Azure Storage, List Blobs). */
const largestPage = 5_000;

/**
 * A new id whose lexical order is newest first (time counted down, then 30 random bits): listing
 * blobs in their natural order gives the newest page without reading the others.
 */
export function newRunId(now: Date): string {
  const time = (lastInstant - now.getTime()).toString(36).padStart(9, '0');
  return `${time}-${randomBytes(4).readUInt32BE().toString(36).padStart(7, '0').slice(-6)}`;
}

/** Metadata travels in HTTP headers: ASCII only, so free text is percent-encoded. */
const summarySchema = z.object({
  kind: z.enum(['data_source', 'entity']),
  state: z.enum(runStates),
  user: z.string().transform(decodeURIComponent),
  codes: z.string().transform((codes) => codes.split(',')),
  morecodes: z.coerce.number().optional(),
  created: z.string(),
  ended: z.string().optional(),
  done: z.coerce.number(),
  total: z.coerce.number(),
  warnings: z.coerce.number().default(0),
});

export class RunStore {
  readonly #documents: DocumentStore<Run>;

  constructor(container: ContainerClient) {
    this.#documents = new DocumentStore(container, 'runs/', runSchema);
  }

  read(id: string, signal: AbortSignal): Promise<Found<Run> | undefined> {
    return this.#documents.read(id, signal);
  }

  /** @throws DocumentConflictError when the id is taken */
  create(run: Run, signal: AbortSignal): Promise<string> {
    return this.#documents.create(run.id, run, metadataOf(run), signal);
  }

  /** @throws DocumentConflictError when somebody else has written since */
  replace(run: Run, etag: string, signal: AbortSignal): Promise<string> {
    return this.#documents.replace(run.id, run, metadataOf(run), etag, signal);
  }

  remove(id: string, signal: AbortSignal): Promise<void> {
    return this.#documents.remove(id, signal);
  }

  /**
   * Ids of finished runs that ended before `instant`, page by page: what is removed meanwhile
   * disturbs nothing. Names sort by the beginning of a run, and a run may take long: so all pages
   * are looked at, one call for 5,000 runs.
   */
  async *endedBefore(
    instant: Date,
    signal: AbortSignal,
    pageSize = largestPage,
  ): AsyncGenerator<string> {
    let from: string | undefined;
    do {
      const page = await this.list({ limit: pageSize, ...(from && { from }) }, signal);
      for (const { id, state, endedAt } of page.runs) {
        const ended = isFinished({ state }) && endedAt !== undefined;
        if (ended && Date.parse(endedAt) < instant.getTime()) yield id;
      }
      from = page.next;
    } while (from !== undefined);
  }

  /** Newest first; the documents themselves are not read. */
  async list(options: { limit: number; from?: string }, signal: AbortSignal): Promise<RunPage> {
    const { names, next } = await this.#documents.list(options, signal);
    const runs = names.flatMap(({ name, metadata }) => summaryFromMetadata(name, metadata) ?? []);
    return next === undefined ? { runs } : { runs, next };
  }
}

/** One line about a run. */
export function summaryOf(run: Run): RunSummary {
  return {
    id: run.id,
    kind: run.kind,
    state: run.state,
    user: run.user,
    codes: run.codes,
    createdAt: run.createdAt,
    ...(run.endedAt !== undefined && { endedAt: run.endedAt }),
    stagesDone: run.stages.filter(hasEnded).length,
    stagesTotal: run.stages.length,
    warnings: warningsIn(run),
  };
}

function metadataOf(run: Run): Record<string, string> {
  const summary = summaryOf(run);
  return {
    kind: summary.kind,
    state: summary.state,
    user: encodeURIComponent(summary.user),
    ...codesMetadata(summary.codes),
    created: summary.createdAt,
    ...(summary.endedAt !== undefined && { ended: summary.endedAt }),
    done: String(summary.stagesDone),
    total: String(summary.stagesTotal),
    ...(summary.warnings > 0 && { warnings: String(summary.warnings) }),
  };
}

/**
 * Letters of a run's codes in its metadata, which has 8 KB in all (Azure Storage, Setting and
 * retrieving properties and metadata); a user takes 1.5 KB at most, the rest is short.
 */
const codesRoom = 4_000;

function codesMetadata(codes: readonly string[]): { codes: string; morecodes?: string } {
  let letters = 0;
  const fits = codes.findIndex((code) => {
    letters += code.length + 1;
    return letters > codesRoom;
  });
  if (fits < 0) return { codes: codes.join(',') };
  return { codes: codes.slice(0, fits).join(','), morecodes: String(codes.length - fits) };
}

/** undefined for a blob that no version of ours wrote. */
function summaryFromMetadata(id: string, metadata: Record<string, string>): RunSummary | undefined {
  const parsed = summarySchema.safeParse(metadata);
  if (!parsed.success) return undefined;
  const { kind, state, user, codes, morecodes, created, ended, done, total, warnings } =
    parsed.data;
  return {
    id,
    kind,
    state,
    user,
    codes,
    ...(morecodes !== undefined && { moreCodes: morecodes }),
    createdAt: created,
    ...(ended !== undefined && { endedAt: ended }),
    stagesDone: done,
    stagesTotal: total,
    warnings,
  };
}

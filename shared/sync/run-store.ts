/** Run documents in storage, newest first by name, with a summary in each blob's metadata. */

import type { ContainerClient } from '@azure/storage-blob';
import { sideBySide } from '../async/side-by-side.ts';
import { storageClock } from '../storage/clock.ts';
import {
  DocumentConflictError,
  DocumentDamagedError,
  DocumentNewerError,
  DocumentStore,
  type Found,
} from '../storage/documents.ts';
import type { DocumentForm } from '../storage/form.ts';
import type { Tell } from '../storage/tell.ts';
import { finalStates, isFinished, type Run, runSchema } from './run.ts';
import { runIdPattern } from './run-id.ts';
import { dropIndex, isLate } from './run-index-document.ts';
import { glimpse, salvaged } from './salvage.ts';
import { metadataOf, summaryFromMetadata, summaryOf } from './summary.ts';
import { SweepWalk } from './sweep-walk.ts';
import type { RunPage, RunSummary } from './syncs.ts';

export { newRunId } from './run-id.ts';
export { summaryOf } from './summary.ts';

/** Blobs in one answer of a listing (Azure Storage, List Blobs). */
const largestPage = 5_000;

/** Documents that are read side by side where their metadata does not do. */
const readsAtOnce = 8;

/**
 * Ten thousand stages take 10 to 20 MB. Version 2 has runs of any calls, runs that wait, and stages
 * that say when they have succeeded; version 3 stages that wait for their window or for each other.
 * Every run of an earlier version is one of a later one.
 */
export const runForm: DocumentForm<Run> = {
  schema: runSchema,
  version: 3,
  maxBytes: 64 * 1024 * 1024,
  isNamed: (name, { id }) => id === name,
};

/** As it can be shown: of a newer version, what this one understands. */
export interface SeenRun extends Found<Run> {
  isNewer: boolean;
}

export class RunStore {
  readonly #documents: DocumentStore<Run>;
  readonly #container: ContainerClient;
  readonly #walk: SweepWalk;
  readonly #onWrite: (run: Pick<Run, 'id' | 'state'>) => void;

  /**
   * @param form another one in tests of deployments
   * @param onWrite called with each run that was written
   */
  constructor(
    container: ContainerClient,
    tell?: Tell,
    form = runForm,
    onWrite: (run: Pick<Run, 'id' | 'state'>) => void = () => {},
  ) {
    this.#onWrite = onWrite;
    this.#documents = new DocumentStore(container, 'runs/', form, tell);
    this.#container = container;
    this.#walk = new SweepWalk(container, tell);
  }

  /**
   * A run whose document is damaged is set aside and told, and has ended: what comes back, and is
   * in storage from then on, is what could be saved of it.
   *
   * @throws DocumentNewerError
   */
  async read(id: string, signal: AbortSignal, known?: Found<Run>): Promise<Found<Run> | undefined> {
    // Whatever else names a run (the metadata of a lock, a message): there can be none.
    if (!runIdPattern.test(id)) return undefined;
    return await this.#documents.readMended(id, (damaged) => ended(id, damaged), signal, known);
  }

  /**
   * For looking: never throws for what is in the document.
   *
   * @param known of an earlier look: comes back itself where nothing has changed since
   */
  async look(id: string, signal: AbortSignal, known?: SeenRun): Promise<SeenRun | undefined> {
    try {
      const found = await this.read(id, signal, known);
      if (found === known) return known;
      return found && { ...found, isNewer: false };
    } catch (error) {
      if (!(error instanceof DocumentNewerError)) throw error;
      const { etag, ageMs } = error.found;
      const value = glimpse(id, error.found, error.message, storageClock.now());
      return { value, etag, ageMs, isNewer: true };
    }
  }

  /** True for a run that will change: of a newer version, as its summary says. */
  async isUnfinished(id: string, signal: AbortSignal): Promise<boolean> {
    try {
      const found = await this.read(id, signal);
      return found !== undefined && !isFinished(found.value);
    } catch (error) {
      if (!(error instanceof DocumentNewerError)) throw error;
      return !finalStates.some((state) => state === error.found.metadata['state']);
    }
  }

  /** The state of a run as it stands, mending nothing; undefined: there is none, or it is damaged. */
  async stateOf(id: string, signal: AbortSignal): Promise<string | undefined> {
    if (!runIdPattern.test(id)) return undefined;
    try {
      return (await this.#documents.read(id, signal))?.value.state;
    } catch (error) {
      if (error instanceof DocumentNewerError) return error.found.metadata['state'] ?? 'running';
      if (error instanceof DocumentDamagedError) return undefined;
      throw error;
    }
  }

  /** @throws DocumentConflictError when the id is taken */
  async create(run: Run, signal: AbortSignal): Promise<string> {
    const etag = await this.#documents.create(run.id, run, metadataOf(run), signal);
    if (isLate(run.id, storageClock.now())) await dropIndex(this.#container, signal);
    this.#onWrite(run);
    return etag;
  }

  /** @throws DocumentConflictError when somebody else has written since */
  async replace(run: Run, etag: string, signal: AbortSignal): Promise<string> {
    const { id, state } = run;
    const written = await this.#documents.replace(id, run, metadataOf(run), etag, signal);
    this.#onWrite({ id, state });
    return written;
  }

  /** The same; false when somebody else has written since. */
  async replaced(run: Run, etag: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.replace(run, etag, signal);
      return true;
    } catch (error) {
      if (error instanceof DocumentConflictError) return false;
      throw error;
    }
  }

  remove(id: string, signal: AbortSignal): Promise<void> {
    return this.#documents.remove(id, signal);
  }

  /**
   * Ids of finished runs that ended before `instant`, page by page: what is removed meanwhile
   * disturbs nothing. Names sort by the beginning of a run, and a run may take long: so all pages
   * are looked at, one call for 5,000 runs. What a summary says is looked up in the document, for
   * what is removed is gone.
   */
  async *endedBefore(
    instant: Date,
    signal: AbortSignal,
    pageSize = largestPage,
  ): AsyncGenerator<string> {
    const isBefore = ({ state, endedAt }: Pick<Run, 'state' | 'endedAt'>) =>
      isFinished({ state }) && endedAt !== undefined && Date.parse(endedAt) < instant.getTime();
    for await (const runs of this.pages(pageSize, signal)) {
      for (const summary of runs) {
        if (!isBefore({ state: summary.state, endedAt: summary.endedAt })) continue;
        const run = await this.look(summary.id, signal);
        if (run !== undefined && !run.isNewer && isBefore(run.value)) yield summary.id;
      }
    }
  }

  /** All runs, newest first, a page of the listing at a time. */
  async *pages(
    pageSize: number,
    signal: AbortSignal,
  ): AsyncGenerator<RunSummary[], void, undefined> {
    let from: string | undefined;
    do {
      const page = await this.list({ limit: pageSize, ...(from && { from }) }, signal);
      yield page.runs;
      from = page.next;
    } while (from !== undefined);
  }

  /**
   * The newest page, and another page of the others with each call, so that in time every run is
   * looked at, however many are kept.
   */
  async inTurn(pageSize: number, signal: AbortSignal): Promise<RunSummary[]> {
    const { runs, next } = await this.list({ limit: pageSize }, signal);
    if (next === undefined) return runs;
    const list = (from: string) => this.list({ limit: pageSize, from }, signal);
    return [...runs, ...(await this.#walk.step(list, next, signal))];
  }

  /** Newest first; a document is read only where its summary cannot be understood. */
  async list(options: { limit: number; from?: string }, signal: AbortSignal): Promise<RunPage> {
    const { names, next } = await this.#documents.list(options, signal);
    const summaries = await sideBySide(
      names,
      readsAtOnce,
      ({ name, metadata }, within) => this.#summary(name, metadata, within),
      signal,
    );
    const runs = summaries.flatMap((summary) => summary ?? []);
    return next === undefined ? { runs } : { runs, next };
  }

  async #summary(
    id: string,
    metadata: Record<string, string>,
    signal: AbortSignal,
  ): Promise<RunSummary | undefined> {
    const run = summaryFromMetadata(id, metadata) ?? (await this.look(id, signal))?.value;
    return run && 'stages' in run ? summaryOf(run) : run;
  }
}

function ended(id: string, damaged: DocumentDamagedError) {
  const value = salvaged(id, damaged.found, damaged.message, storageClock.now());
  const meaning = `run ${id} is ${value.state}, its servers are free`;
  return { value, metadata: metadataOf(value), meaning };
}

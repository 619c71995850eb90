/**
 * A walk through all runs that are kept, a page at a time, from the newest to the oldest and again.
 * How far it is stands in storage, since each step may be another worker's.
 */

import type { ContainerClient } from '@azure/storage-blob';
import { z } from 'zod';
import {
  DocumentConflictError,
  DocumentNewerError,
  DocumentStore,
  type Found,
} from '../storage/documents.ts';
import type { DocumentForm } from '../storage/form.ts';
import { hasStatus } from '../storage/storage-error.ts';
import type { Tell } from '../storage/tell.ts';
import type { RunPage, RunSummary } from './syncs.ts';

/** `next`: where the next step begins, a mark of storage's; absent: at the beginning. */
const placeSchema = z.object({
  next: z
    .string()
    .regex(/^[\x20-\x7e]+$/)
    .optional(),
});
type Place = z.infer<typeof placeSchema>;

const placeForm: DocumentForm<Place> = { schema: placeSchema, version: 1, maxBytes: 64 * 1024 };

const name = 'sweep';
const beginning = { value: {}, metadata: {}, meaning: 'the sweeper begins at the newest run' };

export class SweepWalk {
  readonly #documents: DocumentStore<Place>;

  constructor(container: ContainerClient, tell?: Tell) {
    this.#documents = new DocumentStore(container, 'state/', placeForm, tell);
  }

  /**
   * Lists one page and moves on. The place is written before anybody does anything with the page:
   * one at which a worker dies does not stop the walk. A place of a newer version is for its
   * workers: then nothing is listed.
   *
   * @param list a page from a mark that an earlier page gave
   * @param first the mark at which the walk begins
   */
  async step(
    list: (from: string) => Promise<RunPage>,
    first: string,
    signal: AbortSignal,
  ): Promise<RunSummary[]> {
    let place: Found<Place> | undefined;
    try {
      place = await this.#documents.readMended(name, () => beginning, signal);
    } catch (error) {
      if (error instanceof DocumentNewerError) return [];
      throw error;
    }
    const { runs, next } = await this.#page(list, place?.value.next ?? first, first);
    await this.#moveTo(next === undefined ? {} : { next }, place?.etag, signal);
    return runs;
  }

  /** Only storage knows a mark that it has not given. */
  async #page(
    list: (from: string) => Promise<RunPage>,
    from: string,
    first: string,
  ): Promise<RunPage> {
    try {
      return await list(from);
    } catch (error) {
      if (!hasStatus(error, 400)) throw error;
      return await list(first);
    }
  }

  /** Whoever else is at it may go on from where it is: a page is looked at twice, none left out. */
  async #moveTo(place: Place, etag: string | undefined, signal: AbortSignal): Promise<void> {
    try {
      if (etag === undefined) await this.#documents.create(name, place, {}, signal);
      else await this.#documents.replace(name, place, {}, etag, signal);
    } catch (error) {
      if (!(error instanceof DocumentConflictError)) throw error;
    }
  }
}

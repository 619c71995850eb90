/** A short list of things with ids in one document, which all workers change under its ETag. */

import type { ContainerClient } from '@azure/storage-blob';
import { z } from 'zod';
import { DocumentConflictError, DocumentStore } from './documents.ts';
import type { DocumentForm } from './form.ts';
import type { Tell } from './tell.ts';

export interface ListForm<T> {
  /** `state/<name>.json`. */
  name: string;
  schema: z.ZodType<T>;
  version: number;
  /** What holds when the document was damaged, for whoever hears of it. */
  meaning: string;
}

/** Somebody else changed the document so often: storage, or our code, is not well. */
const mostTries = 50;

const maxBytes = 1024 * 1024;

export class ListDocument<T> {
  readonly #documents: DocumentStore<{ items: T[] }>;
  readonly #name: string;
  readonly #meaning: string;

  constructor(container: ContainerClient, form: ListForm<T>, tell?: Tell) {
    const { name, schema, version, meaning } = form;
    const documentForm: DocumentForm<{ items: T[] }> = {
      schema: z.object({ items: z.array(schema) }),
      ...{ version, maxBytes },
    };
    this.#documents = new DocumentStore(container, 'state/', documentForm, tell);
    this.#name = name;
    this.#meaning = meaning;
  }

  /**
   * Empty where there is no document, or it was damaged: then it is set aside and told.
   *
   * @throws DocumentNewerError, storage's error, or the reason of `signal`
   */
  async read(signal: AbortSignal): Promise<readonly T[]> {
    return (await this.#read(signal)).items;
  }

  /**
   * Makes the list what `change` says, of what it is then: called again where somebody else was
   * faster. Where it is given back as it came nothing is written.
   *
   * @returns the list as it is now
   * @throws what `change` throws, DocumentNewerError, storage's error, or the reason of `signal`
   */
  async update(
    change: (items: readonly T[]) => readonly T[],
    signal: AbortSignal,
  ): Promise<readonly T[]> {
    for (let tries = 1; ; tries += 1) {
      const { items, etag } = await this.#read(signal);
      const changed = change(items);
      if (changed === items) return items;
      const value = { items: [...changed] };
      try {
        if (etag === undefined) await this.#documents.create(this.#name, value, {}, signal);
        else await this.#documents.replace(this.#name, value, {}, etag, signal);
        return changed;
      } catch (error) {
        if (!(error instanceof DocumentConflictError) || tries >= mostTries) throw error;
      }
    }
  }

  async #read(signal: AbortSignal): Promise<{ items: readonly T[]; etag?: string }> {
    const none = { value: { items: [] }, metadata: {}, meaning: this.#meaning };
    const stored = await this.#documents.readMended(this.#name, () => none, signal);
    return stored === undefined ? { items: [] } : { items: stored.value.items, etag: stored.etag };
  }
}

/**
 * Messages that the host has given up: it moves them to `<queue>-poison`, and nobody looks there.
 * What lies there is known from `state/given-up.json`, so that each is told once, and whoever is
 * shown a run or a company is told, too, until the queue has been emptied.
 */

import type { ContainerClient } from '@azure/storage-blob';
import { z } from 'zod';
import { AgedCache } from '../async/aged-cache.ts';
import { DocumentConflictError, DocumentStore } from './documents.ts';
import type { DocumentForm } from './form.ts';
import { storageLimit } from './storage-call.ts';

const messageSchema = z.object({
  /** Of the queue it was in before. */
  queue: z.string(),
  /** The message's, in the poison queue. */
  id: z.string(),
  /** The run or company that it is for; empty where it says nothing. */
  about: z.string(),
  /** When it was given up; ISO 8601. */
  at: z.string(),
  /** False while its run cannot be told: a worker is at it. */
  told: z.boolean(),
});
export type GivenUpMessage = z.infer<typeof messageSchema>;

const stateSchema = z.object({ messages: z.array(messageSchema) });
type State = z.infer<typeof stateSchema>;

const form: DocumentForm<State> = { schema: stateSchema, version: 1, maxBytes: 4 * 1024 * 1024 };
const name = 'given-up';
const none = { value: { messages: [] }, metadata: {}, meaning: 'all are told once more' };

/** Whoever lists a thousand companies reads it once. */
const rememberedMs = 5_000;

/** Nobody waits longer; a reading shared by many callers heeds no single one's signal. */
const deadlineMs = 20_000;

export class GivenUp {
  readonly #documents: DocumentStore<State>;
  readonly #remembered = new AgedCache<readonly GivenUpMessage[]>(() => performance.now());

  constructor(container: ContainerClient) {
    this.#documents = new DocumentStore(container, 'state/', form);
  }

  /** As of the last few seconds. */
  known(signal: AbortSignal): Promise<readonly GivenUpMessage[]> {
    const read = () => this.#read(storageLimit('read what was given up', deadlineMs));
    return this.#remembered.get(name, rememberedMs, async () => (await read()).messages, signal);
  }

  /**
   * Makes them what `change` says they are now. Where somebody else has changed them meanwhile,
   * nothing is: the next look is a minute away.
   */
  async update(
    change: (known: readonly GivenUpMessage[]) => Promise<GivenUpMessage[]>,
    signal: AbortSignal,
  ): Promise<void> {
    const { messages: known, etag } = await this.#read(signal);
    const messages = await change(known);
    if (JSON.stringify(messages) === JSON.stringify(known)) return;
    this.#remembered.delete(name);
    try {
      if (etag === undefined) await this.#documents.create(name, { messages }, {}, signal);
      else await this.#documents.replace(name, { messages }, {}, etag, signal);
    } catch (error) {
      if (!(error instanceof DocumentConflictError)) throw error;
    }
  }

  async #read(signal: AbortSignal): Promise<State & { etag?: string }> {
    const stored = await this.#documents.readMended(name, () => none, signal);
    return stored === undefined ? { messages: [] } : { ...stored.value, etag: stored.etag };
  }
}

/**
 * Requests to cancel a run, beside its document: only the worker that executes a run writes that,
 * and a procedure of 40 minutes must not keep it from hearing of the request.
 */

import type { ContainerClient } from '@azure/storage-blob';
import { z } from 'zod';
import { pause } from '../async/retry.ts';
import { DocumentConflictError, DocumentNewerError, DocumentStore } from '../storage/documents.ts';
import type { DocumentForm } from '../storage/form.ts';
import type { Tell } from '../storage/tell.ts';
import { CancelRequestedError } from './interruption.ts';

const requestSchema = z.object({ by: z.string(), at: z.string() });
type CancelRequest = z.infer<typeof requestSchema>;

const requestForm: DocumentForm<CancelRequest> = {
  schema: requestSchema,
  version: 1,
  maxBytes: 64 * 1024,
};

/** That it is there is the request, whatever is in it. */
const unreadable = {
  value: { by: 'somebody (the request cannot be read)', at: new Date(0).toISOString() },
  metadata: {},
  meaning: 'the run is cancelled all the same',
};

/** A request is heard within this time: well within the 10 s in which the attention must be sent. */
const pollMs = 3_000;

export class Cancellations {
  readonly #documents: DocumentStore<CancelRequest>;

  constructor(container: ContainerClient, tell?: Tell) {
    this.#documents = new DocumentStore(container, 'cancellations/', requestForm, tell);
  }

  /** @returns false when the run is being cancelled already */
  async request(id: string, request: CancelRequest, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#documents.create(id, request, {}, signal);
      return true;
    } catch (error) {
      if (error instanceof DocumentConflictError) return false;
      throw error;
    }
  }

  /** Forgets the request; there may be none. */
  remove(id: string, signal: AbortSignal): Promise<void> {
    return this.#documents.remove(id, signal);
  }

  /** The request, if there is one by now. */
  async requested(id: string, signal: AbortSignal): Promise<CancelRequestedError | undefined> {
    try {
      const request = await this.#documents.readMended(id, () => unreadable, signal);
      return request && new CancelRequestedError(request.value.by);
    } catch (error) {
      if (!(error instanceof DocumentNewerError)) throw error;
      return new CancelRequestedError(unreadable.value.by);
    }
  }

  /**
   * Watches until `signal` is aborted and calls `onRequest` once if a request comes. Storage that
   * does not answer for a while only delays it.
   */
  async watch(
    id: string,
    onRequest: (reason: CancelRequestedError) => void,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      try {
        const request = await this.requested(id, signal);
        if (request !== undefined) return onRequest(request);
        await pause(pollMs, signal);
      } catch {
        await pause(pollMs, signal).catch(() => {});
      }
    }
  }
}

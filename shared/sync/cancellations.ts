/**
 * Requests to cancel a run, beside its document: only the worker that executes a run writes that,
 * and a procedure of 40 minutes must not keep it from hearing of the request.
 */

import type { ContainerClient } from '@azure/storage-blob';
import { z } from 'zod';
import { pause } from '../retry.ts';
import { DocumentConflictError, DocumentStore } from '../storage/documents.ts';
import { CancelRequestedError } from './interruption.ts';

const requestSchema = z.object({ by: z.string(), at: z.string() });
type CancelRequest = z.infer<typeof requestSchema>;

/** A request is heard within this time: well within the 10 s in which the attention must be sent. */
const pollMs = 3_000;

export class Cancellations {
  readonly #documents: DocumentStore<CancelRequest>;

  constructor(container: ContainerClient) {
    this.#documents = new DocumentStore(container, 'cancellations/', requestSchema);
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
    const request = await this.#documents.read(id, signal);
    return request && new CancelRequestedError(request.value.by);
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

/** Marks of events that are not settled: empty blobs, `outbox/<id>`. */

import type { ContainerClient } from '@azure/storage-blob';
import { storageCall } from '../storage/storage-call.ts';

const prefix = 'outbox/';

export interface Mark {
  id: string;
  /** By storage's own clock. */
  ageMs: number;
}

export class Outbox {
  readonly #container: ContainerClient;

  constructor(container: ContainerClient) {
    this.#container = container;
  }

  /** As good when it is there. */
  async put(id: string, signal: AbortSignal): Promise<void> {
    const blob = this.#container.getBlockBlobClient(`${prefix}${id}`);
    await storageCall(`mark ${id}`, (abortSignal) => blob.upload('', 0, { abortSignal }), signal);
  }

  async remove(id: string, signal: AbortSignal): Promise<void> {
    const blob = this.#container.getBlockBlobClient(`${prefix}${id}`);
    await storageCall(
      `unmark ${id}`,
      (abortSignal) => blob.deleteIfExists({ abortSignal }),
      signal,
    );
  }

  /** All of them, by name. */
  async list(signal: AbortSignal): Promise<Mark[]> {
    return await storageCall(
      `list ${prefix}`,
      async (abortSignal) => {
        const marks: Mark[] = [];
        const pages = this.#container.listBlobsFlat({ prefix, abortSignal }).byPage();
        for await (const { segment, date } of pages) {
          for (const { name, properties } of segment.blobItems) {
            const ageMs = (date ?? new Date()).getTime() - properties.lastModified.getTime();
            marks.push({ id: name.slice(prefix.length), ageMs });
          }
        }
        return marks;
      },
      signal,
    );
  }
}

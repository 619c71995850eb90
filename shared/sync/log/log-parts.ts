/**
 * The append blobs of a run's log, one after the other: `logs/<run>/00000001`, …
 *
 * Only the last one grows. Whoever wants to write and has not made the last one seals it and makes
 * the next; what was sealed never changes, so the log as a whole only ever gets longer, whoever
 * writes: a worker that is taken for dead and is not writes on behind the other one's lines.
 */

import type { AppendBlobClient, BlobItem, ContainerClient } from '@azure/storage-blob';
import { storageCall } from '../../storage/storage-call.ts';

export interface LogPart {
  name: string;
  number: number;
  bytes: number;
  /** The attempt of one worker that writes it. */
  holder: string;
  isSealed: boolean;
}

/** Ours have eight digits; what has more is somebody else's, and the next one stands behind it. */
const numberPattern = /^\d{8,15}$/;

export class LogParts {
  readonly #container: ContainerClient;
  readonly #prefix: string;

  constructor(container: ContainerClient, runId: string) {
    this.#container = container;
    this.#prefix = `logs/${runId}/`;
  }

  /** In order, with their sizes at this moment. */
  async list(signal: AbortSignal): Promise<LogPart[]> {
    const parts: LogPart[] = [];
    for (const { name, properties, metadata = {} } of await this.#blobs(signal)) {
      const number = name.slice(this.#prefix.length);
      if (!numberPattern.test(number)) continue;
      parts.push({
        name,
        number: Number(number),
        bytes: properties.contentLength ?? 0,
        holder: metadata['holder'] ?? '',
        isSealed: metadata['sealed'] !== undefined,
      });
    }
    return parts.sort((one, other) => one.number - other.number);
  }

  async remove(signal: AbortSignal): Promise<void> {
    for (const { name } of await this.#blobs(signal)) {
      await storageCall(
        `remove ${name}`,
        (abortSignal) => this.#container.getBlobClient(name).deleteIfExists({ abortSignal }),
        signal,
      );
    }
  }

  blob(number: number): AppendBlobClient {
    const name = `${this.#prefix}${String(number).padStart(8, '0')}`;
    return this.#container.getAppendBlobClient(name);
  }

  #blobs(signal: AbortSignal): Promise<BlobItem[]> {
    return storageCall(
      `list ${this.#prefix}`,
      async (abortSignal) => {
        const options = { prefix: this.#prefix, includeMetadata: true, abortSignal };
        const blobs: BlobItem[] = [];
        for await (const blob of this.#container.listBlobsFlat(options)) blobs.push(blob);
        return blobs;
      },
      signal,
    );
  }
}

/** One holder's end of a run's log: appends blocks, each once, in order. */

import type { AppendBlobClient } from '@azure/storage-blob';
import { etagOf } from '../../storage/json-blob.ts';
import { withDeadline } from '../../storage/storage-call.ts';
import { hasStatus } from '../../storage/storage-error.ts';
import type { LogParts } from './log-parts.ts';

/** Azure Storage takes 50,000 blocks a blob; the rest is for tries that are made again. */
const blocksOfPart = 40_000;

const tryMs = 10_000;

interface Part {
  blob: AppendBlobClient;
  etag: string;
  bytes: number;
  blocks: number;
}

export class LogTail {
  readonly #parts: LogParts;
  readonly #holder: string;
  readonly #blocksOfPart: number;
  #part: Part | undefined;

  /** @param holder names the attempt of one worker, and no other */
  constructor(parts: LogParts, holder: string, limit = blocksOfPart) {
    this.#parts = parts;
    this.#holder = holder;
    this.#blocksOfPart = limit;
  }

  /**
   * One try. After a failure the same block must be tried again before any other: what came of the
   * try is found out then.
   *
   * @throws storage's error, or the reason of `signal`
   */
  async append(block: Buffer, signal: AbortSignal): Promise<void> {
    for (;;) {
      if (this.#part === undefined || this.#part.blocks >= this.#blocksOfPart) {
        this.#part = await this.#begin(signal);
      }
      if (await this.#appendTo(this.#part, block, signal)) return;
      this.#part = undefined;
    }
  }

  /** @returns false when the part is not ours to write any more, and the block is not in it */
  async #appendTo(part: Part, block: Buffer, signal: AbortSignal): Promise<boolean> {
    for (;;) {
      try {
        const conditions = { ifMatch: part.etag };
        const answer = await this.#try('append to', part.blob, signal, (abortSignal) =>
          part.blob.appendBlock(block, block.length, { abortSignal, conditions }),
        );
        part.etag = etagOf(answer, part.blob.name);
        part.bytes += block.length;
        part.blocks += 1;
        return true;
      } catch (error) {
        if (hasStatus(error, 404) || hasStatus(error, 409)) return false;
        if (!hasStatus(error, 412)) throw error;
      }
      // It has changed: by an earlier try of ours whose answer was lost, or by whoever sealed it.
      const found = await this.#try('properties of', part.blob, signal, (abortSignal) =>
        part.blob.getProperties({ abortSignal }),
      );
      const isIn = found.contentLength === part.bytes + block.length;
      part.etag = etagOf(found, part.blob.name);
      part.bytes = found.contentLength ?? part.bytes;
      if (isIn) part.blocks += 1;
      if (isIn || found.metadata?.['sealed'] !== undefined) return isIn;
    }
  }

  /** Makes the next part, the one before it being sealed. */
  async #begin(signal: AbortSignal): Promise<Part> {
    for (let taken = 0; ; ) {
      const last = (await this.#parts.list(signal)).at(-1);
      if (last !== undefined && !last.isSealed) {
        const metadata = { holder: last.holder, sealed: 'true' };
        const blob = this.#parts.blob(last.number);
        await this.#try('seal', blob, signal, (abortSignal) =>
          blob.setMetadata(metadata, { abortSignal }),
        );
      }
      const blob = this.#parts.blob((last?.number ?? 0) + 1);
      try {
        const answer = await this.#try('create', blob, signal, (abortSignal) =>
          blob.create({
            abortSignal,
            conditions: { ifNoneMatch: '*' },
            metadata: { holder: this.#holder },
            blobHTTPHeaders: { blobContentType: 'text/plain; charset=utf-8' },
          }),
        );
        return { blob, etag: etagOf(answer, blob.name), bytes: 0, blocks: 0 };
      } catch (error) {
        // Somebody else was faster, or a try of ours whose answer was lost: then it stays empty.
        const number = (last?.number ?? 0) + 1;
        if (!hasStatus(error, 409) || number === taken) throw error;
        taken = number;
      }
    }
  }

  #try<T>(
    what: string,
    { name }: AppendBlobClient,
    signal: AbortSignal,
    call: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return withDeadline(`${what} ${name}`, call, tryMs, signal);
  }
}

/** A run's log as one text: its parts joined, at the size it has now. */

import type { ContainerClient } from '@azure/storage-blob';
import { storageCall } from '../../storage/storage-call.ts';
import { BrokenAnswerError, hasStatus } from '../../storage/storage-error.ts';
import type { LogText } from '../syncs.ts';
import { StageLines } from './log-line.ts';
import type { LogPart } from './log-parts.ts';

/** What one reader holds in memory. */
const pieceBytes = 1024 * 1024;

export class StoredLog implements LogText {
  /** The text ends here, with a line; it only ever gets longer. */
  readonly bytes: number;
  readonly #container: ContainerClient;
  readonly #parts: readonly LogPart[];

  constructor(container: ContainerClient, parts: readonly LogPart[]) {
    this.#container = container;
    this.#parts = parts;
    this.bytes = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /**
   * The text from byte `from` to `bytes`, in pieces. With `stage` only the lines of that stage,
   * from the first that begins there.
   *
   * @throws storage's error, or the reason of `signal`
   */
  async *read(
    { from, stage }: { from: number; stage?: string | undefined },
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const lines = stage === undefined ? undefined : new StageLines(stage);
    for await (const piece of this.#pieces(from, signal)) {
      const kept = lines === undefined ? piece : lines.push(piece);
      if (kept.length > 0) yield kept;
    }
  }

  async *#pieces(from: number, signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
    let begin = 0;
    for (const { name, bytes } of this.#parts) {
      for (let at = Math.max(0, from - begin); at < bytes; at += pieceBytes) {
        yield await this.#piece(name, at, Math.min(pieceBytes, bytes - at), signal);
      }
      begin += bytes;
    }
  }

  /** Empty where somebody has removed or cut the part since its size was looked up. */
  async #piece(name: string, offset: number, count: number, signal: AbortSignal): Promise<Buffer> {
    try {
      return await this.#download(name, offset, count, signal);
    } catch (error) {
      if (hasStatus(error, 404) || hasStatus(error, 416)) return Buffer.alloc(0);
      throw error;
    }
  }

  #download(name: string, offset: number, count: number, signal: AbortSignal): Promise<Buffer> {
    const blob = this.#container.getBlobClient(name);
    return storageCall(
      `read ${name}`,
      async (abortSignal) => {
        // Made again whole: the SDK's own retry fails where the blob has grown meanwhile.
        const options = { abortSignal, maxRetryRequests: 0 };
        const { readableStreamBody = [] } = await blob.download(offset, count, options);
        const chunks: Buffer[] = [];
        try {
          for await (const chunk of readableStreamBody) chunks.push(Buffer.from(chunk));
        } catch (error) {
          throw new BrokenAnswerError(name, error);
        }
        return Buffer.concat(chunks);
      },
      signal,
    );
  }
}

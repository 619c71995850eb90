/**
 * The append blobs of the audit: `audit/<day>/00000001.jsonl` and on, by UTC. All workers append to
 * the same one, without conditions: storage puts blocks one behind the other, so nobody loses a
 * line, and a write is one call. A line whose answer was lost may stand there twice.
 */

import type { AppendBlobClient, ContainerClient } from '@azure/storage-blob';
import { DocumentDamagedError } from '../storage/documents.ts';
import { readText } from '../storage/json-blob.ts';
import { storageCall } from '../storage/storage-call.ts';
import { hasStatus } from '../storage/storage-error.ts';

export const auditPrefix = 'audit/';

/**
 * A blob is read whole, so it ends here; 50,000 blocks, which the service allows, are more than so
 * many bytes of the shortest lines.
 */
const partBytes = 4 * 1024 * 1024;

/** What has more than that was not written by us; it is not read. */
const mostBytes = 2 * partBytes;

/** Parts in a row that take nothing: storage has another trouble than a full blob. */
const mostFull = 100;

const namePattern = /^audit\/(\d{4}-\d\d-\d\d)\/(\d{8})\.jsonl$/;

export interface AuditPart {
  name: string;
  /** `2026-11-29`. */
  day: string;
}

export class AuditDays {
  readonly #container: ContainerClient;
  readonly #partBytes: number;
  /** Where this process last wrote: the day, and the number of its part. */
  #last = { day: '', number: 1 };

  constructor(container: ContainerClient, limit = partBytes) {
    this.#container = container;
    this.#partBytes = limit;
  }

  /** @throws storage's error, or the reason of `signal`; the line may be there all the same */
  async append(day: string, line: string, signal: AbortSignal): Promise<void> {
    const first = this.#last.day === day ? this.#last.number : 1;
    for (let number = first; ; number += 1) {
      try {
        await this.#appendTo(this.#blob(day, number), line, signal);
        this.#last = { day, number };
        return;
      } catch (error) {
        // 412: it is as large as it may be, or somebody has leased it; 409: it has all its blocks,
        // or is no append blob, or in the archive. The next one is as good.
        const isFull = hasStatus(error, 412) || hasStatus(error, 409);
        if (!isFull || number - first >= mostFull) throw error;
      }
    }
  }

  async #appendTo(blob: AppendBlobClient, line: string, signal: AbortSignal): Promise<void> {
    const bytes = Buffer.from(line);
    const conditions = { maxSize: this.#partBytes };
    const append = () =>
      storageCall(
        `append to ${blob.name}`,
        (abortSignal) => blob.appendBlock(bytes, bytes.length, { abortSignal, conditions }),
        signal,
      );
    try {
      await append();
    } catch (error) {
      if (!hasStatus(error, 404)) throw error;
      await storageCall(
        `create ${blob.name}`,
        (abortSignal) => blob.createIfNotExists({ abortSignal }),
        signal,
      );
      await append();
    }
  }

  /** The newest day first, and of a day the first part first. */
  async list(signal: AbortSignal): Promise<AuditPart[]> {
    const names = await storageCall(
      `list ${auditPrefix}`,
      async (abortSignal) => {
        const found: string[] = [];
        const options = { prefix: auditPrefix, abortSignal };
        for await (const { name } of this.#container.listBlobsFlat(options)) found.push(name);
        return found;
      },
      signal,
    );
    const parts = names.flatMap((name) => {
      const day = namePattern.exec(name)?.[1];
      return day === undefined ? [] : [{ name, day }];
    });
    return parts.sort((a, b) => b.day.localeCompare(a.day) || a.name.localeCompare(b.name));
  }

  /** Undefined where it cannot be read: damaged, or kept by storage; empty where it is gone. */
  async read({ name }: AuditPart, signal: AbortSignal): Promise<string | undefined> {
    try {
      return (await readText(this.#container.getBlobClient(name), mostBytes, signal)).text;
    } catch (error) {
      if (error instanceof DocumentDamagedError) return undefined;
      if (hasStatus(error, 404)) return '';
      throw error;
    }
  }

  async remove({ name }: AuditPart, signal: AbortSignal): Promise<void> {
    await storageCall(
      `remove ${name}`,
      (abortSignal) => this.#container.getBlobClient(name).deleteIfExists({ abortSignal }),
      signal,
    );
  }

  #blob(day: string, number: number): AppendBlobClient {
    const name = `${auditPrefix}${day}/${String(number).padStart(8, '0')}.jsonl`;
    return this.#container.getAppendBlobClient(name);
  }
}

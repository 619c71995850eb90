/**
 * A JSON document and the lock on it in one blob: whoever holds the lease reads and writes, others
 * may look. What is worth a lock mostly has a state, too; together they cost two storage calls
 * where nothing has changed, acquire and release.
 *
 * A document is missing → there without a value (first acquired) → with one (first replaced).
 */

import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import { z } from 'zod';
import { setAside } from '../storage/broken.ts';
import { DocumentConflictError, DocumentDamagedError } from '../storage/document-errors.ts';
import { type DocumentForm, documentText } from '../storage/form.ts';
import { etagOf, type Found, readJson, type Stored, writeJson } from '../storage/json-blob.ts';
import { storageCall } from '../storage/storage-call.ts';
import { type Tell, tellLog } from '../storage/tell.ts';
import { keepLease, LeaseLostError, type Renewable } from './keeper.ts';
import { createdFirst, createIfMissing, unlessHeld, unlessLost } from './leases.ts';

/** A document while we hold its lock; a keeper renews the lease until `release`. */
export interface LeasedDocument<T> {
  /** As last read or written; undefined where nobody has written one. */
  readonly value: T | undefined;
  /** Aborted with a LeaseLostError when the lock is lost. */
  readonly lost: AbortSignal;
  /** @throws LeaseLostError when another holder has it, or has written */
  replace(value: T, signal: AbortSignal): Promise<void>;
  /** Never throws: an unreleased lock runs out. */
  release(): Promise<void>;
}

/** What documents of one kind look like, and what a listing of them says. */
export interface LeasedForm<T> extends Pick<DocumentForm<T>, 'schema' | 'version' | 'maxBytes'> {
  /** Short ASCII values, written with the document and listed together with its name. */
  metadataOf?(value: T): Record<string, string>;
  /** Somebody has just written a document whose metadata are others than before. */
  onChange?(): void;
}

/** Releasing may fail, and then costs others a wait: it is not worth more of ours than this. */
const releaseDeadlineMs = 5_000;

/** All documents below one prefix; remembers what it has read and written. */
export class LeasedDocuments<T extends object> implements Renewable {
  readonly #container: ContainerClient;
  readonly #prefix: string;
  readonly #form: DocumentForm<T | null>;
  readonly #listed: Pick<LeasedForm<T>, 'metadataOf' | 'onChange'>;
  readonly #seconds: number;
  readonly #tell: Tell;
  readonly #remembered = new Map<string, Stored<T | null>>();

  /**
   * @param prefix with the trailing slash: `flexibee/`
   * @param seconds how long a lease lives without renewal (15 to 60)
   */
  constructor(
    container: ContainerClient,
    prefix: string,
    { metadataOf, onChange, ...form }: LeasedForm<T>,
    seconds: number,
    tell: Tell = tellLog,
  ) {
    this.#listed = { ...(metadataOf && { metadataOf }), ...(onChange && { onChange }) };
    this.#container = container;
    this.#prefix = prefix;
    this.#form = { ...form, schema: z.nullable(form.schema) };
    this.#seconds = seconds;
    this.#tell = tell;
  }

  get lifeMs(): number {
    return this.#seconds * 1000;
  }

  /**
   * For looking, whoever holds it; undefined, too, where it is damaged: whoever acquires it next
   * begins anew.
   *
   * @throws DocumentNewerError
   */
  async read(name: string, signal: AbortSignal): Promise<T | undefined> {
    return (await this.look(name, signal))?.value ?? undefined;
  }

  /**
   * The same with its ETag; its value is null where nobody has written one.
   *
   * @param known of an earlier look: comes back itself where it has not changed since
   * @throws DocumentNewerError
   */
  async look(
    name: string,
    signal: AbortSignal,
    known?: Found<T | null>,
  ): Promise<Found<T | null> | undefined> {
    try {
      return await readJson(this.#blob(name), name, this.#form, signal, known);
    } catch (error) {
      if (error instanceof DocumentDamagedError) return undefined;
      throw error;
    }
  }

  /**
   * Takes the lock and, unless it is the document that we remember, reads it. One that is damaged
   * is set aside and told, and has no value from then on.
   *
   * @returns undefined while somebody else holds the lock
   * @throws DocumentNewerError; then the lock is free again
   */
  async acquire(name: string, signal: AbortSignal): Promise<LeasedDocument<T> | undefined> {
    // An id of its own each time: acquiring again with the one that holds the lease succeeds.
    const leaseId = randomUUID();
    const askedAt = performance.now();
    const etag = await this.#take(name, leaseId, signal);
    if (etag === undefined) return undefined;
    let stored: Stored<T | null>;
    try {
      stored = await this.#stored(name, leaseId, etag, signal);
    } catch (error) {
      await this.#release(name, leaseId);
      throw error;
    }
    const keeper = keepLease(this, name, leaseId, askedAt);
    const replace = (value: T, abort: AbortSignal) =>
      this.#replace(name, leaseId, stored.etag, value, abort);
    const release = () => this.#release(name, leaseId);
    return {
      get value() {
        return stored.value ?? undefined;
      },
      lost: keeper.lost,
      async replace(value, abort) {
        stored = await replace(value, abort);
      },
      async release() {
        await keeper.stop();
        await release();
      },
    };
  }

  async renewOnce(name: string, leaseId: string, signal: AbortSignal): Promise<boolean> {
    const lease = this.#blob(name).getBlobLeaseClient(leaseId);
    return (await unlessLost(lease.renewLease({ abortSignal: signal }))) !== undefined;
  }

  /** The document's ETag when the lock is ours now. */
  async #take(name: string, leaseId: string, signal: AbortSignal): Promise<string | undefined> {
    const blob = this.#blob(name);
    const lease = blob.getBlobLeaseClient(leaseId);
    const acquire = () =>
      unlessHeld(
        storageCall(
          `acquire ${blob.name}`,
          (abortSignal) => lease.acquireLease(this.#seconds, { abortSignal }),
          signal,
        ),
      );
    try {
      const acquired = await createdFirst(acquire, () =>
        createIfMissing(blob, JSON.stringify(null), signal),
      );
      return acquired && etagOf(acquired, blob.name);
    } catch (error) {
      // Storage may have granted it, and only the answer was lost or not waited for.
      await this.#release(name, leaseId);
      throw error;
    }
  }

  async #stored(
    name: string,
    leaseId: string,
    etag: string,
    signal: AbortSignal,
  ): Promise<Stored<T | null>> {
    const remembered = this.#remembered.get(name);
    if (remembered?.etag === etag) return remembered;
    try {
      const stored = await readJson(this.#blob(name), name, this.#form, signal);
      if (stored === undefined) throw new LeaseLostError(name, 'the document was removed');
      this.#remembered.set(name, stored);
      return stored;
    } catch (error) {
      if (!(error instanceof DocumentDamagedError)) throw error;
      return await this.#withoutValue(name, leaseId, error, signal);
    }
  }

  async #withoutValue(
    name: string,
    leaseId: string,
    damaged: DocumentDamagedError,
    signal: AbortSignal,
  ): Promise<Stored<T | null>> {
    const copy = await setAside(this.#container, damaged, signal);
    const stored = await this.#replace(name, leaseId, damaged.found.etag, null, signal);
    this.#tell(`${damaged.message}. It was set aside as ${copy}: ${name} begins anew`);
    return stored;
  }

  async #replace(
    name: string,
    leaseId: string,
    etag: string,
    value: T | null,
    signal: AbortSignal,
  ): Promise<Stored<T | null>> {
    const conditions = { leaseId, ifMatch: etag };
    const text = documentText(this.#form, value);
    const metadata = this.#metadataOf(value);
    const before = this.#metadataOf(this.#remembered.get(name)?.value);
    try {
      const stored = {
        value,
        etag: await writeJson(this.#blob(name), text, { metadata, conditions }, signal),
      };
      this.#remembered.set(name, stored);
      if (!isDeepStrictEqual(metadata, before)) this.#listed.onChange?.();
      return stored;
    } catch (error) {
      if (!(error instanceof DocumentConflictError)) throw error;
      throw new LeaseLostError(name, 'another holder has it', { cause: error });
    }
  }

  #metadataOf(value: T | null | undefined): Record<string, string> {
    return value ? (this.#listed.metadataOf?.(value) ?? {}) : {};
  }

  async #release(name: string, leaseId: string): Promise<void> {
    const blob = this.#blob(name);
    await storageCall(
      `release ${blob.name}`,
      (abortSignal) => blob.getBlobLeaseClient(leaseId).releaseLease({ abortSignal }),
      AbortSignal.timeout(releaseDeadlineMs),
    ).catch(() => {});
  }

  #blob(name: string): BlockBlobClient {
    return this.#container.getBlockBlobClient(`${this.#prefix}${name}.json`);
  }
}

/**
 * Requests that their clients call by a key, so that to send one again does nothing twice: which run
 * each was to start, and what was answered (draft-ietf-httpapi-idempotency-key-header).
 *
 * A record is written before anything is started, with the id that the run will have: whoever comes
 * with the same key then looks for that run. States: open (somebody is at it, or has died at it) →
 * answered. One that is open for longer than a claim lives, and whose run there is not, is taken
 * over under its ETag, and the run is started under the same id: so there are never two.
 */

import { createHash } from 'node:crypto';
import type { ContainerClient } from '@azure/storage-blob';
import { z } from 'zod';
import { sideBySide } from '../async/side-by-side.ts';
import {
  DocumentConflictError,
  DocumentDamagedError,
  DocumentNewerError,
  DocumentStore,
  type Found,
} from '../storage/documents.ts';
import type { DocumentForm } from '../storage/form.ts';
import { instantSchema } from '../storage/instant.ts';
import { storageCall } from '../storage/storage-call.ts';

/** A key is good for so long. */
const keptMs = 24 * 3_600_000;

const answerSchema = z.record(z.string(), z.unknown());
/** What was answered, as JSON. */
export type KeptAnswer = z.infer<typeof answerSchema>;

const recordSchema = z.object({
  /** Of what was asked for. */
  digest: z.string(),
  /** The id that was reserved. */
  run: z.string(),
  /** When it was first asked for, by storage's clock. */
  at: instantSchema,
  answer: answerSchema.optional(),
  /** Nothing was started, and nobody is at it. */
  released: z.literal(true).optional(),
});
export type KeyRecord = z.infer<typeof recordSchema>;

const form: DocumentForm<KeyRecord> = { schema: recordSchema, version: 1, maxBytes: 64 * 1024 };

const prefix = 'idempotency/';

/** Old records are removed so many at a time. */
const removalsAtOnce = 8;

/** A record that this process may complete, give up, or take over. */
export interface HeldKey {
  name: string;
  etag: string;
  record: KeyRecord;
}

/** `ageMs`: how long somebody else's was last written ago, by storage's clock; milliseconds. */
export type FoundKey = HeldKey & ({ isOwn: true } | { isOwn: false; ageMs: number });

/** What became of the request cannot be told: its record was damaged, or is of a newer version. */
export class KeyUnreadableError extends Error {}

/** The name of the record: no two callers share a key, and what a client has called it stays unknown. */
export function keyName(caller: string, key: string): string {
  return digestOf([caller, key]);
}

/** Of anything that is JSON: the order of members makes no difference. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, of]) => `${JSON.stringify(name)}:${canonical(of)}`).join()}}`;
}

export class IdempotencyKeys {
  readonly #container: ContainerClient;
  readonly #documents: DocumentStore<KeyRecord>;
  readonly #now: () => Date;

  /** @param now by storage's clock */
  constructor(container: ContainerClient, now: () => Date) {
    this.#container = container;
    this.#documents = new DocumentStore(container, prefix, form);
    this.#now = now;
  }

  /**
   * Reserves the key for a run, unless somebody has.
   *
   * @param name as `keyName`
   * @returns the record, and whether it is this call's own
   * @throws KeyUnreadableError, storage's error, or the reason of `signal`
   */
  async reserve(
    name: string,
    { digest, run }: Pick<KeyRecord, 'digest' | 'run'>,
    signal: AbortSignal,
  ): Promise<FoundKey> {
    for (;;) {
      const found = await this.#read(name, signal);
      const record: KeyRecord = { digest, run, at: this.#now().toISOString() };
      try {
        if (found === undefined) {
          const etag = await this.#documents.create(name, record, {}, signal);
          return { name, etag, record, isOwn: true };
        }
        const { value, etag, ageMs } = found;
        if (!this.#isOver(value)) return { name, etag, record: value, ageMs, isOwn: false };
        const replaced = await this.#documents.replace(name, record, {}, etag, signal);
        return { name, etag: replaced, record, isOwn: true };
      } catch (error) {
        // Another request with the key was faster: it is looked at.
        if (!(error instanceof DocumentConflictError)) throw error;
      }
    }
  }

  /**
   * Makes an open record, or one that was released, this call's own.
   *
   * @param anew what it is for now, where that is not what it was for
   * @returns undefined where somebody else was faster
   */
  async takeOver(
    { name, etag, record: before }: HeldKey,
    anew: Pick<KeyRecord, 'digest' | 'run'> | undefined,
    signal: AbortSignal,
  ): Promise<HeldKey | undefined> {
    const { digest, run, at } = before;
    const record = anew ? { ...anew, at: this.#now().toISOString() } : { digest, run, at };
    return await this.#replaced({ name, etag, record }, signal);
  }

  /** Keeps the answer, unless somebody else has the record by now. */
  async keep(held: HeldKey, answer: KeptAnswer, signal: AbortSignal): Promise<void> {
    await this.#replaced({ ...held, record: { ...held.record, answer } }, signal);
  }

  /**
   * Nothing was started: whoever comes next may try.
   *
   * @returns false where somebody else has the record by now
   */
  async release(held: HeldKey, signal: AbortSignal): Promise<boolean> {
    const record = { ...held.record, released: true as const };
    return (await this.#replaced({ ...held, record }, signal)) !== undefined;
  }

  async #replaced(held: HeldKey, signal: AbortSignal): Promise<HeldKey | undefined> {
    try {
      const { name, etag, record } = held;
      return { ...held, etag: await this.#documents.replace(name, record, {}, etag, signal) };
    } catch (error) {
      if (error instanceof DocumentConflictError) return undefined;
      throw error;
    }
  }

  /** @returns how many records were removed, which nobody may call by their key any more */
  async expire(signal: AbortSignal): Promise<number> {
    const before = this.#now().getTime() - keptMs;
    const names = await storageCall(
      `list ${prefix}`,
      async (abortSignal) => {
        const old: string[] = [];
        const blobs = this.#container.listBlobsFlat({ prefix, abortSignal });
        for await (const { name, properties } of blobs) {
          if (properties.lastModified.getTime() <= before) old.push(name);
        }
        return old;
      },
      signal,
    );
    const remove = (name: string, within: AbortSignal) =>
      storageCall(
        `remove ${name}`,
        (abortSignal) => this.#container.getBlobClient(name).deleteIfExists({ abortSignal }),
        within,
      );
    await sideBySide(names, removalsAtOnce, remove, signal);
    return names.length;
  }

  #isOver({ at }: KeyRecord): boolean {
    return this.#now().getTime() - Date.parse(at) >= keptMs;
  }

  async #read(name: string, signal: AbortSignal): Promise<Found<KeyRecord> | undefined> {
    try {
      return await this.#documents.read(name, signal);
    } catch (error) {
      // Left as it is until its day is over: whoever made a new one might start a second run.
      if (error instanceof DocumentDamagedError || error instanceof DocumentNewerError) {
        throw new KeyUnreadableError(error.message, { cause: error });
      }
      throw error;
    }
  }
}

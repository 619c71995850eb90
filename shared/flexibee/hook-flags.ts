/**
 * One poll for a burst of web hooks. A hook only says "look now": the first of them raises a flag
 * (the blob `hooks/<code>`) and queues a poll, the others find it raised. The poll lowers it once
 * the company is its own and before it looks, so a hook that comes later raises it again.
 */

import { randomUUID } from 'node:crypto';
import type { BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import { unlessAborted } from '../async/abort.ts';
import { storageCall } from '../storage/storage-call.ts';
import { hasStatus } from '../storage/storage-error.ts';

/** Nobody waits longer for an answer; a call shared by many callers heeds no single one's signal. */
const deadlineMs = 20_000;

/** Calls for one company: the one under way, and the one that will follow it. */
interface Line {
  current: Promise<boolean>;
  next?: Promise<boolean>;
}

/** A flag as it was found. */
interface Found {
  etag: string | undefined;
  /** Who raised it. */
  raiser: string | undefined;
  ageMs: number;
}

/** In place of a raiser: its poll could not be queued. */
const nobody = 'nobody';

export class HookFlags {
  readonly #container: ContainerClient;
  readonly #queuePoll: (code: string, signal: AbortSignal) => Promise<void>;
  readonly #staleMs: number;
  readonly #lines = new Map<string, Line>();

  /**
   * @param queuePoll queues the poll that lowers the flag
   * @param staleMs a flag that is older has lost its poll; tests take less
   */
  constructor(
    container: ContainerClient,
    queuePoll: (code: string, signal: AbortSignal) => Promise<void>,
    staleMs = 60_000,
  ) {
    this.#container = container;
    this.#queuePoll = queuePoll;
    this.#staleMs = staleMs;
  }

  /**
   * Sees to it that the company is polled. Hooks that arrive during a call share the next one: the
   * flag that the call under way finds may be lowered, and the company looked at, before they were
   * sent. A call that was begun queues its poll, whoever of its callers still waits for it.
   *
   * @returns true for the one caller for whom a poll was queued, false where one is on its way
   */
  async raise(code: string, signal: AbortSignal): Promise<boolean> {
    const line = this.#lines.get(code);
    if (line === undefined) return await unlessAborted(this.#call(code), signal);
    if (line.next !== undefined) {
      await unlessAborted(line.next, signal);
      return false;
    }
    line.next = line.current.then(
      () => this.#call(code),
      () => this.#call(code),
    );
    return await unlessAborted(line.next, signal);
  }

  /** To be called before the company is looked at. One that somebody has leased stays, and is stale. */
  async lower(code: string, signal: AbortSignal): Promise<void> {
    const blob = this.#blob(code);
    try {
      await storageCall(
        `lower ${blob.name}`,
        (abortSignal) => blob.deleteIfExists({ abortSignal }),
        signal,
      );
    } catch (error) {
      if (!isRefused(error)) throw error;
    }
  }

  /** For a poll that could not look yet and will come again: until then the flag is not stale. */
  async keep(code: string, signal: AbortSignal): Promise<void> {
    await put(this.#blob(code), randomUUID(), {}, signal);
  }

  /** The line is open until nobody waits for a next call. */
  #call(code: string): Promise<boolean> {
    const current = this.#raiseOnce(code, AbortSignal.timeout(deadlineMs));
    const line: Line = { current };
    this.#lines.set(code, line);
    const close = () => {
      if (line.next === undefined) this.#lines.delete(code);
    };
    current.then(close, close);
    return current;
  }

  async #raiseOnce(code: string, signal: AbortSignal): Promise<boolean> {
    const raiser = randomUUID();
    if (!(await this.#create(code, raiser, signal))) return false;
    try {
      await this.#queuePoll(code, signal);
      return true;
    } catch (error) {
      await this.#giveUp(code, raiser).catch(() => {});
      throw error;
    }
  }

  /** @returns whether the flag is ours; an answer that was lost does not make it another's */
  async #create(code: string, raiser: string, signal: AbortSignal): Promise<boolean> {
    const blob = this.#blob(code);
    if (await put(blob, raiser, { ifNoneMatch: '*' }, signal)) return true;
    const found = await look(blob, signal);
    // Lowered this moment: whoever did looks now, after the hook was sent.
    if (found === undefined) return false;
    if (found.raiser === raiser) return true;
    // Whoever raised it died before its poll was queued.
    const isLost = found.raiser === nobody || found.ageMs > this.#staleMs;
    if (!isLost || found.etag === undefined) return false;
    if (await put(blob, raiser, { ifMatch: found.etag }, signal)) return true;
    return (await look(blob, signal))?.raiser === raiser;
  }

  /** Others must not count on a poll of ours. */
  async #giveUp(code: string, raiser: string): Promise<void> {
    const signal = AbortSignal.timeout(deadlineMs);
    const blob = this.#blob(code);
    const found = await look(blob, signal);
    if (found?.raiser !== raiser || found.etag === undefined) return;
    await put(blob, nobody, { ifMatch: found.etag }, signal);
  }

  #blob(code: string): BlockBlobClient {
    return this.#container.getBlockBlobClient(`hooks/${code}`);
  }
}

/** @returns undefined where there is no flag */
async function look(blob: BlockBlobClient, signal: AbortSignal): Promise<Found | undefined> {
  try {
    const { etag, lastModified, date, metadata } = await storageCall(
      `look at ${blob.name}`,
      (abortSignal) => blob.getProperties({ abortSignal }),
      signal,
    );
    // Both by the storage's clock, in whole seconds.
    const ageMs = Number(date ?? 0) - Number(lastModified ?? 0);
    return { etag, raiser: metadata?.['raiser'], ageMs };
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}

/** @returns false where the conditions do not hold, or somebody has leased it */
async function put(
  blob: BlockBlobClient,
  raiser: string,
  conditions: { ifNoneMatch?: string; ifMatch?: string },
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const metadata = { raiser };
    await storageCall(
      `raise ${blob.name}`,
      (abortSignal) => blob.upload('', 0, { conditions, metadata, abortSignal }),
      signal,
    );
    return true;
  } catch (error) {
    if (isRefused(error)) return false;
    throw error;
  }
}

function isRefused(error: unknown): boolean {
  return hasStatus(error, 409) || hasStatus(error, 412);
}

/**
 * One poll for a burst of web hooks. A hook only says "look now": the first of them raises a flag
 * (the blob `hooks/<code>`) and has a poll queued, the others find it raised. The poll lowers it
 * before it looks, so a hook that comes later raises it again.
 */

import type { BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import { unlessAborted } from '../abort.ts';
import { storageCall } from '../storage/call.ts';
import { hasStatus } from '../storage/errors.ts';

/** Nobody waits longer for an answer; a call shared by many callers heeds no single one's signal. */
const deadlineMs = 20_000;

/** Calls for one company: the one under way, and the one that will follow it. */
interface Line {
  current: Promise<boolean>;
  next?: Promise<boolean>;
}

export class HookFlags {
  readonly #container: ContainerClient;
  readonly #staleMs: number;
  readonly #lines = new Map<string, Line>();

  /** @param staleMs a flag that is older has lost its poll; tests take less */
  constructor(container: ContainerClient, staleMs = 60_000) {
    this.#container = container;
    this.#staleMs = staleMs;
  }

  /**
   * Hooks that arrive during a call share the next one: the flag that the call under way finds may
   * be lowered, and the company looked at, before they were sent.
   *
   * @returns true for the one caller that must have the company polled
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
      if (!hasStatus(error, 409) && !hasStatus(error, 412)) throw error;
    }
  }

  /** The line is open until nobody waits for a next call. */
  #call(code: string): Promise<boolean> {
    const current = this.#create(code, AbortSignal.timeout(deadlineMs));
    const line: Line = { current };
    this.#lines.set(code, line);
    const close = () => {
      if (line.next === undefined) this.#lines.delete(code);
    };
    current.then(close, close);
    return current;
  }

  /** A flag that we raised, but whose answer was lost, counts as another's: the next minute polls. */
  async #create(code: string, signal: AbortSignal): Promise<boolean> {
    const blob = this.#blob(code);
    if (await upload(blob, { ifNoneMatch: '*' }, signal)) return true;
    const etag = await this.#staleTag(blob, signal);
    return etag !== undefined && (await upload(blob, { ifMatch: etag }, signal));
  }

  /** The ETag of a flag whose poll must be lost: whoever raised it died before it was queued. */
  async #staleTag(blob: BlockBlobClient, signal: AbortSignal): Promise<string | undefined> {
    try {
      const { etag, lastModified, date } = await storageCall(
        `age of ${blob.name}`,
        (abortSignal) => blob.getProperties({ abortSignal }),
        signal,
      );
      // Both by the storage's clock, in whole seconds.
      const ageMs = Number(date ?? 0) - Number(lastModified ?? 0);
      return ageMs > this.#staleMs ? etag : undefined;
    } catch (error) {
      // Lowered this moment: whoever did looks now, after the hook was sent.
      if (hasStatus(error, 404)) return undefined;
      throw error;
    }
  }

  #blob(code: string): BlockBlobClient {
    return this.#container.getBlockBlobClient(`hooks/${code}`);
  }
}

async function upload(
  blob: BlockBlobClient,
  conditions: { ifNoneMatch?: string; ifMatch?: string },
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await storageCall(
      `raise ${blob.name}`,
      (abortSignal) => blob.upload('', 0, { conditions, abortSignal }),
      signal,
    );
    return true;
  } catch (error) {
    if (hasStatus(error, 409) || hasStatus(error, 412)) return false;
    throw error;
  }
}

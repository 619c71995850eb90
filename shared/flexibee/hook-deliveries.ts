/**
 * Whether a company's web hook works: then it need not be polled each minute. Deliveries are noted
 * in the blob `hook-deliveries/<code>`, whose last write is the time of the last one, by storage's
 * clock; where there is none, or an old one, nobody counts on the hook. The note goes, too, when a
 * poll finds what no hook has told of, or cannot look: the next delivery writes it anew.
 */

import type { BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import { storageCall } from '../storage/storage-call.ts';
import { hasStatus } from '../storage/storage-error.ts';

/** In a company with a quiet Sunday nothing is delivered for so long. */
const liveMs = 86_400_000;

/** A process notes no more often. */
const noteMs = 60_000;

/**
 * What is found so soon after a delivery it may have told of: changes come in bursts, whoever noted
 * one within the minute has not noted the next, and the poll that it asked for may be on its way.
 */
const doubtMs = 2 * noteMs;

export class HookDeliveries {
  readonly #container: ContainerClient;
  readonly #now: () => Date;
  readonly #notedAt = new Map<string, number>();

  /** @param now by storage's clock */
  constructor(container: ContainerClient, now: () => Date) {
    this.#container = container;
    this.#now = now;
  }

  /** A delivery came. @throws storage's errors, or the reason of `signal` */
  async note(code: string, signal: AbortSignal): Promise<void> {
    const now = this.#now().getTime();
    const before = this.#notedAt.get(code) ?? Number.NEGATIVE_INFINITY;
    if (Math.abs(now - before) < noteMs) return;
    this.#notedAt.set(code, now);
    try {
      const blob = this.#blob(code);
      await storageCall(
        `write ${blob.name}`,
        (abortSignal) => blob.upload('', 0, { abortSignal }),
        signal,
      );
    } catch (error) {
      this.#notedAt.delete(code);
      // Leased by somebody: it goes without.
      if (!isRefused(error)) throw error;
    }
  }

  /** @throws storage's errors, or the reason of `signal` */
  async isLive(code: string, signal: AbortSignal): Promise<boolean> {
    const found = await this.#look(code, signal);
    return found !== undefined && found.ageMs < liveMs;
  }

  /** When the last delivery was noted, by storage's clock. @throws as `isLive` */
  async heardAt(code: string, signal: AbortSignal): Promise<Date | undefined> {
    const found = await this.#look(code, signal);
    return found && new Date(this.#now().getTime() - found.ageMs);
  }

  /** A poll has found changes, and no hook had asked for it. @throws as `isLive` */
  async missed(code: string, signal: AbortSignal): Promise<void> {
    const found = await this.#look(code, signal);
    if (found !== undefined && found.ageMs >= doubtMs) await this.#forget(code, found.etag, signal);
  }

  /** What a delivery told of could not be looked at. @throws as `isLive` */
  async unheard(code: string, signal: AbortSignal): Promise<void> {
    const found = await this.#look(code, signal);
    if (found === undefined) return;
    await this.#forget(code, found.etag, signal);
  }

  /** One that was noted meanwhile stays. */
  async #forget(code: string, etag: string | undefined, signal: AbortSignal): Promise<void> {
    const blob = this.#blob(code);
    const conditions = etag === undefined ? {} : { ifMatch: etag };
    try {
      await storageCall(
        `delete ${blob.name}`,
        (abortSignal) => blob.deleteIfExists({ conditions, abortSignal }),
        signal,
      );
      this.#notedAt.delete(code);
    } catch (error) {
      if (!isRefused(error)) throw error;
    }
  }

  async #look(
    code: string,
    signal: AbortSignal,
  ): Promise<{ ageMs: number; etag: string | undefined } | undefined> {
    const blob = this.#blob(code);
    try {
      const { etag, lastModified } = await storageCall(
        `look at ${blob.name}`,
        (abortSignal) => blob.getProperties({ abortSignal }),
        signal,
      );
      return { ageMs: this.#now().getTime() - Number(lastModified ?? 0), etag };
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    }
  }

  #blob(code: string): BlockBlobClient {
    return this.#container.getBlockBlobClient(`hook-deliveries/${code}`);
  }
}

function isRefused(error: unknown): boolean {
  return hasStatus(error, 409) || hasStatus(error, 412);
}

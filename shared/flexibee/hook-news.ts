/**
 * Whether a web hook tells of anything that was not applied yet. Hooks come in bursts and after
 * the poll that has seen to them: most tell nothing new.
 */

import { unlessAborted } from '../async/abort.ts';
import { DocumentNewerError } from '../storage/documents.ts';
import type { CursorStore } from './context.ts';
import type { Cursor } from './cursor.ts';
import type { WebHook } from './hook-versions.ts';

/**
 * What was applied stays applied, so an older reading does, too; but not after a backup was
 * restored, or a reset, and versions came again.
 */
const rememberedMs = 5_000;

/** Nobody waits longer; a reading shared by many callers heeds no single one's signal. */
const deadlineMs = 20_000;

interface Reading {
  cursor: Cursor | undefined;
  at: number;
}

export class HookNews {
  readonly #cursors: Pick<CursorStore, 'read'>;
  readonly #remembered = new Map<string, Reading>();
  readonly #reading = new Map<string, Promise<Reading>>();

  constructor(cursors: Pick<CursorStore, 'read'>) {
    this.#cursors = cursors;
  }

  /** @throws storage's errors, or the reason of `signal` */
  async isNews(code: string, hook: WebHook, signal: AbortSignal): Promise<boolean> {
    const known = this.#remembered.get(code);
    const isFresh = known !== undefined && performance.now() - known.at < rememberedMs;
    if (isFresh && !tellsNews(hook, known.cursor)) return false;
    try {
      const { cursor } = await unlessAborted(this.#read(code), signal);
      return tellsNews(hook, cursor);
    } catch (error) {
      // Written by a newer version of the app, whose workers poll, too: they know.
      if (error instanceof DocumentNewerError) return true;
      throw error;
    }
  }

  /** A reading under way is as good: at worst it knows less, and the company is polled once more. */
  #read(code: string): Promise<Reading> {
    const underWay = this.#reading.get(code);
    if (underWay !== undefined) return underWay;
    const at = performance.now();
    const reading = this.#cursors
      .read(code, AbortSignal.timeout(deadlineMs))
      .then((cursor) => {
        this.#remembered.set(code, { cursor, at });
        return { cursor, at };
      })
      .finally(() => this.#reading.delete(code));
    this.#reading.set(code, reading);
    return reading;
  }
}

/** A change in a gap is one that was committed late. */
function tellsNews({ globalVersion, versions }: WebHook, cursor: Cursor | undefined): boolean {
  if (cursor?.next === undefined || cursor.trouble !== undefined) return true;
  const { next, gaps } = cursor;
  const isNew = (version: number) =>
    version >= next || gaps.some(({ from, to }) => version >= from && version <= to);
  return globalVersion >= next || versions.some(isNew);
}

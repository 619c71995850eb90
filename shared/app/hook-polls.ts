/** Polls that web hooks and people ask for: none is lost because the company is busy just then. */

import type { CursorStore } from '../flexibee/context.ts';
import type { HookFlags } from '../flexibee/hook-flags.ts';

/** What the queue is told of a poll that could not look yet. */
export type Again = (code: string, delaySeconds: number, signal: AbortSignal) => Promise<void>;

/**
 * Whoever has the company may be past looking and at it for long: it is waited for in the queue,
 * not in a function.
 */
const againSeconds = 5;

/**
 * The poll that a flag stands for. The flag is lowered once the company is ours and nothing has
 * been asked: before that, hooks that the poll before ours sees to would raise it again. While
 * somebody else has the company it stays raised, and the poll is queued again: hooks that are told
 * that one is on its way count on it.
 *
 * @param poll one poll with the given cursors; anything but `busy` means that it has looked
 */
export async function pollForHook<Outcome extends string>(
  flags: Pick<HookFlags, 'lower' | 'keep'>,
  cursors: CursorStore,
  code: string,
  poll: (lowering: CursorStore) => Promise<Outcome>,
  again: Again,
  signal: AbortSignal,
): Promise<Outcome> {
  let isLowered = false;
  const lowering: CursorStore = {
    read: (name, within) => cursors.read(name, within),
    async acquire(name, within) {
      const held = await cursors.acquire(name, within);
      try {
        if (held !== undefined) await flags.lower(code, within);
        isLowered ||= held !== undefined;
      } catch (error) {
        await held?.release();
        throw error;
      }
      return held;
    },
  };
  const outcome = await poll(lowering);
  if (outcome === 'busy') {
    await flags.keep(code, signal);
    await again(code, againSeconds, signal);
  } else if (!isLowered) {
    // The company is not for us to look at: the next hook may find a worker that can.
    await flags.lower(code, signal);
  }
  return outcome;
}

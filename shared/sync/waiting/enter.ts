import { ahead, type Entry, inLine, isDue } from './line.ts';
import { type Waker, wakeAt } from './wake.ts';

/**
 * Puts a run in line; its document is there. Where it is the first at its servers, or its time is
 * yet to come, its message goes on the queue: they may have become free since they were claimed in
 * vain. Everybody else is woken by whoever is before them.
 *
 * @returns how many are before it at its servers
 */
export async function enterLine(waker: Waker, entry: Entry, signal: AbortSignal): Promise<number> {
  const { waiting, now } = waker;
  await waiting.enter(entry, signal);
  const at = now();
  const before = ahead(inLine(await waiting.list(signal), at), entry).length;
  const { notBefore = at.toISOString() } = entry;
  if (before === 0 || !isDue(entry, at)) await wakeAt(waker, entry, notBefore, signal);
  return before;
}

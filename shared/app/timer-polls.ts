/** Polls that a timer asks for: they tell whether the company's web hook can be counted on. */

import type { CursorStore } from '../flexibee/context.ts';
import type { Cursor } from '../flexibee/cursor.ts';
import type { PollOutcome } from '../flexibee/follow.ts';
import type { HookDeliveries } from '../flexibee/hook-deliveries.ts';

/**
 * @param poll one poll with the given cursors
 */
export async function pollForTimer(
  deliveries: Pick<HookDeliveries, 'missed'>,
  cursors: CursorStore,
  code: string,
  poll: (watched: CursorStore) => Promise<PollOutcome>,
  signal: AbortSignal,
): Promise<PollOutcome> {
  let hasFound = false;
  const watched: CursorStore = {
    read: (name, within) => cursors.read(name, within),
    async acquire(name, within) {
      const held = await cursors.acquire(name, within);
      return (
        held && {
          get value() {
            return held.value;
          },
          lost: held.lost,
          async replace(next, abort) {
            hasFound ||= isBeyond(held.value, next);
            await held.replace(next, abort);
          },
          release: () => held.release(),
        }
      );
    },
  };
  const outcome = await poll(watched);
  if (hasFound) await deliveries.missed(code, signal);
  return outcome;
}

/** Whether it has changes that the other had not; a new generation is no change of the company's. */
function isBeyond(before: Cursor | undefined, { generation, next }: Cursor): boolean {
  if (before?.next === undefined || next === undefined) return false;
  return generation === before.generation && next > before.next;
}

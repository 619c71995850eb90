/** The net below whoever wakes those who wait: nobody is first in line for long without a message. */

import type { LockState } from '../../lock/leases.ts';
import { syncLock } from '../claim.ts';
import { isFinished } from '../run.ts';
import type { RunStore } from '../run-store.ts';
import type { SyncState } from '../service.ts';
import { type Entry, headsOf, inLine } from './line.ts';

/**
 * Runs that are first in line and whose servers are free. On the way entries of runs that have
 * ended, are gone or have begun are taken out of the line: whoever did that for them has died.
 */
export async function startable(
  { leases, runs, waiting }: Pick<SyncState, 'leases' | 'runs' | 'waiting'>,
  now: Date,
  signal: AbortSignal,
): Promise<string[]> {
  let line = inLine(await waiting.list(signal), now);
  if (line.length === 0) return [];
  const locks = await leases.list('sync/', signal);
  const busy = new BusyLocks(runs, locks);
  for (;;) {
    const ready: string[] = [];
    const stale = new Set<Entry>();
    for (const head of headsOf(line)) {
      const seen = await runs.look(head.id, signal);
      if (seen?.isNewer) continue;
      const hasLeft =
        seen === undefined || isFinished(seen.value) || seen.value.startedAt !== undefined;
      if (hasLeft) stale.add(head);
      else if (await busy.areFree(head, signal)) ready.push(head.id);
    }
    if (stale.size === 0) return ready;
    for (const entry of stale) await waiting.remove(entry, signal);
    line = line.filter((entry) => !stale.has(entry));
  }
}

class BusyLocks {
  readonly #runs: RunStore;
  readonly #locks: ReadonlyMap<string, LockState>;
  readonly #unfinished = new Map<string, boolean>();

  constructor(runs: RunStore, locks: readonly LockState[]) {
    this.#runs = runs;
    this.#locks = new Map(locks.map((lock) => [lock.name, lock]));
  }

  /** What a run owns itself, it has claimed in a start that was broken off. */
  async areFree({ id, locks }: Entry, signal: AbortSignal): Promise<boolean> {
    for (const name of locks) {
      const { held = false, owner } = this.#locks.get(syncLock(name)) ?? {};
      if (held) return false;
      if (owner === undefined || owner === id) continue;
      const isUnfinished =
        this.#unfinished.get(owner) ?? (await this.#runs.isUnfinished(owner, signal));
      this.#unfinished.set(owner, isUnfinished);
      if (isUnfinished) return false;
    }
    return true;
  }
}

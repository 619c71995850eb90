/**
 * The fence of a server: as long as a session of an earlier attempt lives there, its lock is held
 * and a new attempt waits. The server serves waiters in order, so runs share it fairly.
 *
 * A server that allows several stages at once has as many places, each a lock of its own. Whoever is
 * first at the door tries all of them; the others wait behind him.
 */

import { dropAppLock, takeAppLock } from '../../database/app-lock.ts';
import type { Databases } from '../../database/databases.ts';
import type { Session } from '../../database/session.ts';
import { type FenceWatch, watchFence } from '../../sync/fence-watch.ts';
import { addressOf } from '../../sync/locks.ts';
import type { Stage } from '../../sync/run.ts';

/** What the names of all fences begin with. */
export const fencePrefix = 'syncboard/procedure/';

/** What the names of locks begin with that keep two holders of an exclusive name apart. */
const namePrefix = 'syncboard/exclusive/';

/** How long the first at the door waits for one place before he tries the others again. */
const tryMs = 250;

type Placed = Pick<Stage, 'server' | 'location'>;

/** 255 characters are allowed; a host has at most 253, and what makes it known comes first. */
const cut = (name: string, end = '') => `${name.slice(0, 255 - end.length)}${end}`;

/** @param place the first has the name that a server with one place has */
export function fenceOf(stage: Placed, place = 1): string {
  const name = `${fencePrefix}${addressOf(stage) ?? stage.server}`;
  return place === 1 ? cut(name) : cut(name, `/${place}`);
}

export interface Fencing {
  databases: Databases;
  runId: string;
  /** Gets what somebody should know while it waits. */
  tell(text: string): void;
  /** How soon a session that its client has left is told and killed. */
  watch: FenceWatch | undefined;
}

/**
 * Takes a place, and the locks of its exclusive names.
 *
 * @returns the place, from 1 on
 */
export async function takeFence(
  { databases, runId, tell, watch }: Fencing,
  session: Session,
  stage: Pick<Stage, 'server' | 'location' | 'database' | 'atOnce' | 'exclusive'>,
  signal: AbortSignal,
): Promise<number> {
  const { database, exclusive = [] } = stage;
  const waiting = { database, fence: fenceOf(stage), waiter: runId };
  return await watched({ databases, tell, watch }, waiting, signal, async () => {
    const place = await takePlace(session, stage, runId, signal);
    for (const name of exclusive) {
      await takeAppLock(session, cut(`${namePrefix}${name}`), runId, signal);
    }
    return place;
  });
}

/** Waits until no session at a database holds the lock of an exclusive name. */
export async function untilNameIsFree(
  { databases, watch }: Pick<Fencing, 'databases' | 'watch'>,
  name: string,
  database: string,
  signal: AbortSignal,
): Promise<void> {
  const lock = cut(`${namePrefix}${name}`);
  const waiter = `waits-${crypto.randomUUID()}`;
  const session = await databases.session(database, signal);
  try {
    const waiting = { database, fence: lock, waiter };
    const tell = () => {};
    await watched({ databases, tell, watch }, waiting, signal, () =>
      takeAppLock(session, lock, waiter, signal),
    );
    await dropAppLock(session, lock, signal);
  } catch (error) {
    session.destroy();
    throw error;
  }
  session.release();
}

async function watched<T>(
  { databases, tell, watch }: Pick<Fencing, 'databases' | 'tell' | 'watch'>,
  waiting: { database: string; fence: string; waiter: string },
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const done = new AbortController();
  const until = AbortSignal.any([signal, done.signal]);
  const watching = watchFence(databases, waiting, tell, until, watch);
  try {
    return await work();
  } finally {
    done.abort();
    await watching;
  }
}

async function takePlace(
  session: Session,
  stage: Placed & Pick<Stage, 'atOnce'>,
  runId: string,
  signal: AbortSignal,
): Promise<number> {
  const { atOnce = 1 } = stage;
  if (atOnce === 1) {
    await takeAppLock(session, fenceOf(stage), runId, signal);
    return 1;
  }
  const door = cut(fenceOf(stage), '/door');
  await takeAppLock(session, door, runId, signal);
  // Each place is the one that is waited for in its turn: so who holds it is seen by the watch.
  for (let last = 0; ; last = (last + 1) % atOnce) {
    for (let other = 1; other <= atOnce; other += 1) {
      const place = ((last + other) % atOnce) + 1;
      const waitMs = other === atOnce ? tryMs : 0;
      if (!(await takeAppLock(session, fenceOf(stage, place), runId, signal, waitMs))) continue;
      await dropAppLock(session, door, signal, runId);
      return place;
    }
  }
}

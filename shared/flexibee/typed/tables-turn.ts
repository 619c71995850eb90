/** What a turn at a company does for its typed tables. */

import type { Session } from '../company-session.ts';
import type { FollowContext } from '../context.ts';

/**
 * Has them made and filled as far as they are not, before rows are written.
 *
 * @returns false when it was over before the end
 */
export async function bringUpTables(
  { typed }: FollowContext,
  session: Session,
  isOver: () => boolean,
): Promise<boolean> {
  if (typed === undefined) return true;
  const { loads } = session.cursor;
  const loading = new Set(loads.flatMap(({ evidence, since }) => (since ? [] : [evidence])));
  try {
    return await typed.bringUp(loading, isOver, session.signal);
  } finally {
    await session.keepTables();
  }
}

/** Learns what did not fit, after rows were written. */
export async function learnOfTables({ typed }: FollowContext, session: Session): Promise<void> {
  if (typed === undefined || !session.wrote) return;
  await typed.learn(session.signal);
  await session.keepTables();
}

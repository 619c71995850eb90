import type { Run } from '../run.ts';
import type { Entry } from './line.ts';
import { type Waker, wakeHeads, wakeHeadsSoon } from './wake.ts';

/** Takes a run that has ended out of the line, and wakes whoever comes first then. */
export async function leave(leaving: Waker, entry: Entry, signal: AbortSignal): Promise<void> {
  await wakeHeadsSoon(leaving, entry.locks, entry);
  await leaving.waiting.remove(entry, signal);
  await wakeHeads(leaving, entry.locks);
}

/** The same for a run whose entry may be gone already, or may never have been there. */
export async function leaveIfThere(
  leaving: Waker,
  { id, ticket }: Pick<Run, 'id' | 'ticket'>,
  signal: AbortSignal,
): Promise<void> {
  if (ticket === undefined) return;
  const entry = await leaving.waiting.read({ id, ticket }, signal);
  if (entry !== undefined) await leave(leaving, entry, signal);
}

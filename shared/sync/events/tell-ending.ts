/**
 * Events of a run that is about to end: written before its end is, and so before its servers are
 * free. Whoever takes it over from a worker that has died in between writes the same ones.
 */

import type { NewEvent } from '../../events/event.ts';
import type { EventStore } from '../../events/event-store.ts';
import { DocumentNewerError } from '../../storage/documents.ts';
import { openEntities } from '../again/what-again.ts';
import { addLog, finalState } from '../ending.ts';
import { type Failure, type FailureStore, recoveredIn } from '../failures.ts';
import type { Journal } from '../journal.ts';
import { isFailure } from '../outcome.ts';
import type { Run } from '../run.ts';
import { differsEvent, failedEvent, recoveredEvent, slowEvent } from './run-events.ts';

/** How often a run is taken over for the sake of its events. */
const mostFailures = 3;

interface Telling {
  events: Pick<EventStore, 'tell'>;
  failures: Pick<FailureStore, 'read'>;
  now(): Date;
}

/**
 * @param journal of a run whose stages have all ended, or that is given up
 * @param left entities that have not succeeded and are made again no more
 * @throws storage's error: then the run has not ended
 */
export async function tellEnding(
  { events, failures, now }: Telling,
  journal: Journal,
  left: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  const { run } = journal;
  try {
    const told = eventsOf(run, left, await failures.read(signal).catch(noneOfNewer), now());
    if (told.length === 0) return;
    // Their time is that of the last stage: it must be the same for whoever comes next.
    await journal.flush();
    for (const event of told) await events.tell(event, signal);
  } catch (error) {
    if (journal.failed.aborted || (run.takeOvers ?? 0) < mostFailures) throw error;
    const why = error instanceof Error ? error.message : String(error);
    journal.note(() => addLog(run, now(), `Nobody could be told how it ended: ${why}.`));
  }
}

function eventsOf(
  run: Run,
  left: ReadonlySet<string>,
  known: readonly Failure[],
  now: Date,
): NewEvent[] {
  const ending = { ...run, state: finalState(run) };
  const over = recoveredIn(known, run);
  const slow = slowEvent(run, now);
  const differs = differsEvent(run);
  return [
    ...(isFailure(ending) && isLeft(run, left) ? [failedEvent(ending, left)] : []),
    ...(over.length > 0 ? [recoveredEvent(run, over)] : []),
    ...(differs ? [differs] : []),
    ...(slow ? [slow] : []),
  ];
}

/** Not while all that failed is made again: of that its last retry tells. */
function isLeft(run: Run, left: ReadonlySet<string>): boolean {
  return left.size > 0 || [...openEntities(run)].every((entity) => entity === '*');
}

function noneOfNewer(error: unknown): readonly Failure[] {
  if (error instanceof DocumentNewerError) return [];
  throw error;
}

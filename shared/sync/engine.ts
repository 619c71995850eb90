/**
 * One message, one slice of a run: take the run over, execute it, write its end or hand it on.
 *
 * Every transition is in the document before the next begins. Whoever dies on the way leaves
 * leases that run out, and the sweeper sends the run to another worker.
 */

import { randomUUID } from 'node:crypto';
import type { EventStore } from '../events/event-store.ts';
import { type Keeper, keepLease } from '../lock/keeper.ts';
import { DocumentConflictError } from '../storage/documents.ts';
import { linkActive } from '../telemetry/spans.ts';
import { retryByItself } from './again/automatic.ts';
import type { Cancellations } from './cancellations.ts';
import type { CheckAsker } from './checks/ask.ts';
import { disownAll, releaseAll, syncLock, takeOverLocks } from './claim.ts';
import { addLog, endRun, isGivenUp, loseRunning } from './ending.ts';
import { tellEnding } from './events/tell-ending.ts';
import { executeStages } from './execution.ts';
import type { FailureStore } from './failures.ts';
import type { ReadFreshness } from './freshness.ts';
import { SliceOverError } from './interruption.ts';
import { Journal } from './journal.ts';
import { closeLog } from './log/close.ts';
import type { RunLogs } from './log/run-logs.ts';
import { endingLine, isFailure } from './outcome.ts';
import { hasEnded, isFinished, type Run } from './run.ts';
import { runClock } from './run-clock.ts';
import type { StageRunners } from './stage-runner.ts';
import { tellEnded } from './told.ts';
import { leaveIfThere } from './waiting/leave.ts';
import { type Starter, startWaiting } from './waiting/start-waiting.ts';
import { wakeAt, wakeHeads, wakeHeadsSoon } from './waiting/wake.ts';
import { firstOpening, isAsleep } from './windows.ts';

export interface EngineDependencies extends Starter {
  cancellations: Cancellations;
  failures: Pick<FailureStore, 'note' | 'read'>;
  events: Pick<EventStore, 'tell'>;
  logs: Pick<RunLogs, 'open'>;
  runners: StageRunners;
  readFreshness: ReadFreshness;
  askChecks: CheckAsker;
  /** How long one call may go on beginning stages, in milliseconds. */
  sliceMs: number;
  /** One line about the run, for the log of the function. */
  log(text: string, level?: 'warn'): void;
}

/** What the retry of a run that has failed may take to be written down, and so long again its events. */
const writtenMs = 20_000;

/**
 * `waits`: its time has not come; whoever it waits for wakes it, or a message at the opening of a
 * window. `finished`: the run has ended. `handed on`: the caller must queue the id again. `left`:
 * somebody else has the run, or it had ended before. `stopped`: this worker had to let go of it;
 * whoever sweeps next sends it on.
 */
export type SliceOutcome = 'waits' | 'finished' | 'handed on' | 'left' | 'stopped';

/** The queue was faster than the document; the message must come again. */
export class RunNotFoundError extends Error {
  constructor(id: string) {
    super(`There is no run ${id} (yet)`);
    this.name = 'RunNotFoundError';
  }
}

/**
 * Executes a run until it ends, its slice is over or it must stop.
 *
 * @param signal aborted when the worker stops
 * @throws RunNotFoundError, or storage's error: then the message comes again
 */
export async function executeRun(
  dependencies: EngineDependencies,
  id: string,
  signal: AbortSignal,
): Promise<SliceOutcome> {
  const { leases, runs } = dependencies;
  const found = await runs.read(id, signal);
  if (found === undefined) throw new RunNotFoundError(id);
  linkActive(found.value.trace);
  if (isFinished(found.value)) {
    await leaveIfThere(dependencies, found.value, signal);
    return 'left';
  }
  const stored = await startWaiting(dependencies, found, signal);
  if (stored === undefined || (await sleepsOn(dependencies, stored.value, signal))) return 'waits';
  const holder = randomUUID();
  const askedAt = performance.now();
  if (!(await takeOverLocks(leases, stored.value, holder, signal))) return 'left';
  const servers = stored.value.locks.map(({ server }) => server);
  const keepers = servers.map((server) => keepLease(leases, syncLock(server), holder, askedAt));
  const journal = new Journal(runs, stored.value, stored.etag);
  const now = runClock(stored.value, () => dependencies.now());
  try {
    await journal.write((run) => takeOver(run, holder, dependencies.catalog.revision, now()));
    return await runSlice({ ...dependencies, now }, journal, keepers, signal);
  } catch (error) {
    // Another worker wrote: the run is theirs. Everything else is for the next delivery.
    if (!(error instanceof DocumentConflictError)) await leave(journal, error, now());
    await releaseAll(leases, servers, holder);
    if (error instanceof DocumentConflictError) return 'left';
    throw error;
  } finally {
    await Promise.all(keepers.map((keeper) => keeper.stop()));
    await journal.close();
  }
}

async function runSlice(
  dependencies: EngineDependencies,
  journal: Journal,
  keepers: readonly Keeper[],
  stopping: AbortSignal,
): Promise<SliceOutcome> {
  const { leases, now, sliceMs } = dependencies;
  const { run } = journal;
  const holder = run.holder ?? '';
  const cancel = new AbortController();
  const signal = AbortSignal.any([
    cancel.signal,
    ...keepers.map((keeper) => keeper.lost),
    journal.failed,
    stopping,
  ]);
  if (!isGivenUp(run)) {
    const slice = new AbortController();
    const endSlice = () => slice.abort(new SliceOverError());
    const timer = setTimeout(endSlice, sliceMs);
    if (sliceMs <= 0) endSlice();
    const done = new AbortController();
    const log = dependencies.logs.open(run.id, holder, now);
    let watching: Promise<void> | undefined;
    try {
      // Before anything is called: what was cancelled while it waited in the queue has done nothing.
      const reason = await dependencies.cancellations.requested(run.id, signal);
      if (reason !== undefined) cancel.abort(reason);
      const until = AbortSignal.any([done.signal, signal]);
      // A request that is not heard now is heard by the next slice: no reason to stop this one.
      watching = dependencies.cancellations
        .watch(run.id, (request) => cancel.abort(request), until)
        .catch(() => {});
      await executeStages({ ...dependencies, journal, log, signal, sliceOver: slice.signal });
    } finally {
      clearTimeout(timer);
      done.abort();
      await watching;
      // Whoever reads that the run has ended finds its log whole.
      const lost = await closeLog(log, signal);
      if (lost > 0) journal.note(() => addLog(run, now(), `${lost} lines of the log are lost.`));
    }
  }
  const servers = run.locks.map(({ server }) => server);
  if (isGivenUp(run) || run.stages.every(hasEnded)) {
    const left = await retryByItself(dependencies, journal, AbortSignal.timeout(writtenMs));
    await tellEnding(dependencies, journal, left, AbortSignal.timeout(writtenMs));
    await journal.write(() => endRun(run, now()));
    tellEnded(run);
    // Before the servers are free: the next run on them is planned with it. An estimate a little
    // older than it could be is no reason to fail a run that has ended.
    await dependencies.durations.add(run, AbortSignal.timeout(5_000)).catch(() => {});
    await dependencies.failures.note(run, left, AbortSignal.timeout(5_000)).catch(() => {});
    await wakeHeadsSoon(dependencies, servers);
    await Promise.all(keepers.map((keeper) => keeper.stop()));
    await disownAll(leases, servers, holder);
    await wakeHeads(dependencies, servers);
    if (cancel.signal.aborted) {
      // Left behind it harms nobody: retention takes it with the run.
      const soon = AbortSignal.timeout(5_000);
      await dependencies.cancellations.remove(run.id, soon).catch(() => {});
    }
    if (isFailure(run)) dependencies.log(endingLine(run), 'warn');
    else dependencies.log(endingLine(run));
    return 'finished';
  }
  const opens = firstOpening(run.stages, now());
  if (!signal.aborted && opens !== undefined && opens.getTime() > now().getTime()) {
    const wakesAt = opens.toISOString();
    await journal.write(() => {
      delete run.holder;
      run.wakesAt = wakesAt;
      addLog(run, now(), `All that is left waits for a window; it goes on at ${wakesAt}.`);
    });
    await Promise.all(keepers.map((keeper) => keeper.stop()));
    await releaseAll(leases, servers, holder);
    // Where this is lost the sweeper sends it on.
    await wakeAt(dependencies, run, wakesAt, AbortSignal.timeout(5_000)).catch(() => {});
    return 'waits';
  }
  if (!signal.aborted) {
    await journal.write(() => {
      delete run.holder;
    });
    return 'handed on';
  }
  const why = signal.reason instanceof Error ? signal.reason.message : String(signal.reason);
  await journal.write(() => {
    delete run.holder;
    addLog(run, now(), `Stopped: ${why}. It will be resumed.`);
  });
  await Promise.all(keepers.map((keeper) => keeper.stop()));
  await releaseAll(leases, servers, holder);
  dependencies.log(`run ${run.id} stopped: ${why}`);
  return 'stopped';
}

/** Whether a run waits for a window, and nobody wants it stopped: a message came too early, or twice. */
async function sleepsOn(
  { now, cancellations }: EngineDependencies,
  run: Run,
  signal: AbortSignal,
): Promise<boolean> {
  if (!isAsleep(run, now())) return false;
  return (await cancellations.requested(run.id, signal)) === undefined;
}

/** What went wrong is written down if it can be; too often, and the run is given up. */
async function leave(journal: Journal, error: unknown, now: Date): Promise<void> {
  const why = error instanceof Error ? error.message : String(error);
  await journal
    .write((run) => {
      delete run.holder;
      run.takeOvers = (run.takeOvers ?? 0) + 1;
      addLog(run, now, `Stopped: ${why}. It will be resumed.`);
    })
    .catch(() => {});
}

/** Whether its worker's catalogue is the one that it was planned with: told where that changes. */
function noteCatalog(run: Run, revision: string, now: Date): void {
  const { catalog: planned, workerCatalog: before = planned } = run;
  if (planned === undefined || revision === before) return;
  delete run.workerCatalog;
  if (revision === planned) {
    addLog(run, now, `Its worker's catalogue is the one of its plan again (${planned}).`);
    return;
  }
  run.workerCatalog = revision;
  const change = `planned with ${planned}, now ${revision}`;
  addLog(run, now, `The catalogue has changed (${change}); the run goes by its own plan.`);
}

/** The run is this worker's now; what an earlier one left running is pending again or lost. */
function takeOver(run: Run, holder: string, revision: string, now: Date): void {
  const resumed = run.startedAt !== undefined;
  delete run.wakesAt;
  run.state = 'running';
  run.startedAt ??= now.toISOString();
  if (resumed) addLog(run, now, 'Taken over by a worker.');
  noteCatalog(run, revision, now);
  // A holder that is still entered did not let go: it died.
  if (run.holder !== undefined) run.takeOvers = (run.takeOvers ?? 0) + 1;
  run.holder = holder;
  run.locks = run.locks.map(({ server }) => ({ server, leaseId: holder }));
  loseRunning(run, now);
}

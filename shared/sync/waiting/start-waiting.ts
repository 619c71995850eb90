/**
 * The start of a run that has waited. In this order: claim of all its servers or none, document
 * `queued`, owner of the servers, entry out of the line. As long as the entry is there, whoever
 * comes next does the same again under the document's ETag, so each death on the way is finished.
 */

import { DocumentConflictError, type Found } from '../../storage/documents.ts';
import { withDeadline } from '../../storage/storage-call.ts';
import { madeGoodBy } from '../again/made-good.ts';
import { neededPlan } from '../again/retry.ts';
import { claimServers, ownServers, releaseAll, syncLock } from '../claim.ts';
import { knownDurations, withExpected } from '../durations.ts';
import { addLog, endWaiting } from '../ending.ts';
import type { Run, Stage } from '../run.ts';
import { forRun } from '../run-values.ts';
import type { StartDependencies } from '../start-run.ts';
import { firstOpening } from '../windows.ts';
import { leave } from './leave.ts';
import { ahead, type Entry, inLine, isDue } from './line.ts';
import { planAgain } from './plan-again.ts';
import { wakeAt, wakeHeads } from './wake.ts';

export interface Starter extends StartDependencies {
  /** The closure that keeps a run of these stages from beginning; absent: nothing is ever closed. */
  closed?(stages: readonly Stage[], signal: AbortSignal): Promise<{ until: string } | undefined>;
}

/** Seconds to the next try after another claim, which may come to nothing. */
const againSeconds = { least: 1, most: 3 };

/** The sweeper comes that often, in milliseconds. */
const sweptMs = 20_000;

/** A document, as it may be replaced. */
type Stored = Pick<Found<Run>, 'value' | 'etag'>;

/**
 * @param found a run that has not ended
 * @returns the run as it may be executed; undefined: not now, and whoever it waits for wakes it
 * @throws storage's error: then the message comes again
 */
export async function startWaiting(
  starter: Starter,
  found: Stored,
  signal: AbortSignal,
): Promise<Stored | undefined> {
  const { value: run } = found;
  if (run.state !== 'waiting' && run.state !== 'queued') return found;
  if (run.ticket === undefined) return found;
  const entries = await starter.waiting.list(signal);
  const entry = entries.find(({ id }) => id === run.id);
  // Without its entry a waiting run was never accepted: its POST died, and the sweeper ends it.
  if (entry === undefined) return run.state === 'queued' ? found : undefined;
  if (run.state === 'queued') return await begunStart(starter, found, entry, signal);
  if (!isDue(entry, starter.now())) {
    await wakeAt(starter, entry, entry.notBefore ?? '', signal);
    return undefined;
  }
  if (ahead(inLine(entries, starter.now()), entry).length > 0) return undefined;
  return await firstInLine(starter, found, entry, signal);
}

async function firstInLine(
  starter: Starter,
  { value: run, etag }: Stored,
  entry: Entry,
  signal: AbortSignal,
): Promise<Stored | undefined> {
  const { catalog, waiting, now } = starter;
  const end = async (state: 'failed' | 'cancelled', why: string) => {
    endWaiting(run, state, why, now());
    // Whoever has written meanwhile has ended it.
    if (await starter.runs.replaced(run, etag, signal)) await leave(starter, entry, signal);
    return undefined;
  };
  const again = planAgain(catalog, run);
  if ('why' in again) return await end('failed', again.why);
  const other = await madeGoodBy(starter.runs, run, signal);
  if (other !== undefined) {
    return await end(
      'cancelled',
      `Run ${other} has made it again meanwhile: nothing is left open.`,
    );
  }
  const { plan, lost } = again;
  const locks = plan.locks.map(({ lock }) => lock);
  if (locks.join() !== entry.locks.join()) {
    const moved = { ...entry, locks };
    await waiting.change(moved, signal);
    const line = inLine(await waiting.list(signal), now());
    await wakeHeads(starter, entry.locks);
    if (ahead(line, moved).length > 0) return undefined;
  }
  const opens = firstOpening(plan.stages, now());
  if (opens !== undefined && opens.getTime() > now().getTime()) {
    // Its window has closed while it waited: until the next one others come first.
    const notBefore = opens.toISOString();
    await waiting.change({ ...entry, locks, notBefore }, signal);
    await wakeAt(starter, entry, notBefore, signal);
    await wakeHeads(starter, locks);
    return undefined;
  }
  const closure = await starter.closed?.(plan.stages, signal);
  if (closure !== undefined) {
    // The sweeper looks again and again; a message each time would make thousands in a night.
    const isSoon = Date.parse(closure.until) - now().getTime() < sweptMs;
    if (isSoon) await wakeAt(starter, entry, closure.until, signal);
    return undefined;
  }
  const { revision } = catalog;
  if (run.catalog !== revision) {
    const change = `asked for with ${run.catalog}, now ${revision}`;
    addLog(run, now(), `The catalogue has changed (${change}); the run was planned again.`);
  }
  if (lost.length > 0) addLog(run, now(), `The catalogue no longer has ${lost.join(', ')}.`);
  addLog(run, now(), 'It was first in line, and its servers are free.');
  const { freshness, statements, queries } = plan;
  Object.assign(run, { freshness, statements, catalog: revision });
  delete run.queries;
  if (queries.length > 0) run.queries = queries;
  const enterStages = async (bounded: AbortSignal) => {
    const known = await knownDurations(starter.durations, bounded);
    const origin = { user: run.user, id: run.id, at: now(), timeZone: catalog.periods.timeZone };
    const { stages, checks } = await neededPlan(starter, plan, run, bounded);
    run.stages = withExpected(forRun(stages, origin), known);
    delete run.checks;
    if (checks.length > 0) run.checks = checks;
  };
  return await claimed(starter, { value: run, etag }, { ...entry, locks }, signal, enterStages);
}

/** What another worker has begun, and has died at, or is at. */
async function begunStart(
  starter: Starter,
  found: Stored,
  entry: Entry,
  signal: AbortSignal,
): Promise<Stored | undefined> {
  const { leases, waiting } = starter;
  const { id, locks } = found.value;
  const own = await Promise.all(locks.map(({ server }) => leases.state(syncLock(server), signal)));
  if (own.every(({ owner }) => owner === id)) {
    await waiting.remove(entry, signal);
    return found;
  }
  const names = locks.map(({ server }) => server);
  return await claimed(starter, found, { ...entry, locks: names }, signal);
}

/**
 * Claim, document, owner: within the life of the claim's leases, as a POST. Then the entry goes.
 *
 * @param enterStages once nobody else can be at the servers
 */
async function claimed(
  starter: Starter,
  { value: run, etag }: Stored,
  entry: Entry,
  signal: AbortSignal,
  enterStages: (signal: AbortSignal) => Promise<void> = async () => {},
): Promise<Stored | undefined> {
  const { leases, runs, waiting, send } = starter;
  const { locks } = entry;
  const later = () => send(run.id, secondsToNextTry(), signal);
  const started = await withDeadline(
    `claim ${locks.join(', ')}`,
    async (bounded) => {
      const claim = await claimServers(starter, locks, bounded, run.id);
      if ('busy' in claim) return claim;
      const { leaseId } = claim;
      try {
        // Where this worker dies with the claim its leases run out, and nobody else would be woken.
        await send(run.id, Math.ceil(leases.lifeMs / 1_000) + 1, bounded);
        await enterStages(bounded);
        run.state = 'queued';
        run.locks = locks.map((server) => ({ server, leaseId }));
        const written = await runs.replace(run, etag, bounded);
        const taken = await ownServers(leases, run, bounded);
        if (taken.length === 0) return { etag: written };
        await releaseAll(leases, locks, leaseId);
        return { busy: taken };
      } catch (error) {
        await releaseAll(leases, locks, leaseId);
        if (error instanceof DocumentConflictError) return 'changed';
        throw error;
      }
    },
    leases.lifeMs / 2,
    signal,
  );
  // Cancelled, or another worker is at it.
  if (started === 'changed') return undefined;
  if ('busy' in started) {
    // The end of the run that has them wakes this one; of a claim nobody knows what becomes.
    if (!('run' in started)) await later();
    return undefined;
  }
  await waiting.remove(entry, signal);
  return { value: run, etag: started.etag };
}

function secondsToNextTry(): number {
  const { least, most } = againSeconds;
  return least + Math.floor(Math.random() * (most - least + 1));
}

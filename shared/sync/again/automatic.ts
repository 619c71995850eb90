/**
 * Retries that a run makes by itself, of the calls that ask for it: new runs, which wait until their
 * time has come and for their servers, as anybody's.
 *
 * Their ids are reserved in the run that is about to end, their documents and entries are written,
 * and only then it ends: whoever dies on the way is followed by one who does the same again.
 */

import { askerIn } from '../../audit/asker.ts';
import { failing } from '../checks/outcome.ts';
import { addLog, finalState } from '../ending.ts';
import type { Journal } from '../journal.ts';
import { isFailure } from '../outcome.ts';
import { planStages } from '../plan.ts';
import type { Run } from '../run.ts';
import { newRunId } from '../run-store.ts';
import { lockNames, type StartDependencies, writeWaiting } from '../start-run.ts';
import type { Call, SyncRequest } from '../syncs.ts';
import { enterLine } from '../waiting/enter.ts';
import { afterMs, usualAfter } from './after.ts';
import { callsAbout, callsOf, openEntities } from './what-again.ts';

/** How often a run is taken over for the sake of its retry. */
const mostFailures = 3;

/**
 * @param journal of a run whose stages have all ended, or that is given up
 * @returns entities that have not succeeded and are made again no more
 * @throws storage's error: then the run has not ended
 */
export async function retryByItself(
  dependencies: StartDependencies,
  journal: Journal,
  signal: AbortSignal,
): Promise<Set<string>> {
  const { run } = journal;
  if (!isFailure({ state: finalState(run) })) return new Set();
  const left = new Set(openCalls(run, ({ retries = 0 }) => retries === 0).flatMap(namesOf));
  const groups = [...Map.groupBy(callsLeft(run), ({ after = usualAfter }) => after)];
  if (groups.length === 0) return left;
  if (run.retriedBy === undefined) {
    const ids = groups.map(() => newRunId(dependencies.now()));
    await journal.write(() => {
      run.retriedBy = ids;
    });
  }
  for (const [index, [after, calls]] of groups.entries()) {
    const id = run.retriedBy?.[index];
    if (id === undefined) continue;
    const notBefore = new Date(dependencies.now().getTime() + (afterMs(after) ?? 0)).toISOString();
    try {
      await enter(dependencies, requestOf(run, id, calls, notBefore), signal);
    } catch (error) {
      // The catalogue no longer has it; or nobody could write it down, three times over.
      if (!(error instanceof RangeError) && (run.takeOvers ?? 0) < mostFailures) throw error;
      const why = error instanceof Error ? error.message : String(error);
      const text = `It could not be made again by itself: ${why}.`;
      journal.note(() => addLog(run, dependencies.now(), text));
      for (const name of calls.flatMap(namesOf)) left.add(name);
    }
  }
  return left;
}

/** What is open of calls that have retries left, with one less. */
function callsLeft(run: Run): Call[] {
  return openCalls(run, ({ retries = 0 }) => retries > 0).map((call) => ({
    ...call,
    retries: (call.retries ?? 0) - 1,
  }));
}

/** What is open of these calls. */
function openCalls(run: Run, isMeant: (call: Call) => boolean): Call[] {
  const open = openEntities(run);
  return callsOf(run)
    .filter(isMeant)
    .flatMap((call) => {
      const names = call.names.filter((name) => open.has(name) && isOpen(run, call, name));
      return callsAbout([call], new Set(names));
    });
}

function namesOf({ names }: Call): readonly string[] {
  return names;
}

/** An entity is open in a call by a stage, or a check, of its own data sources, or of all of them. */
function isOpen(run: Run, { codes }: Call, name: string): boolean {
  const { stages } = run;
  const isWrong = ({ entity, code }: { entity: string; code: string }) =>
    entity === name && (codes.includes(code) || !stages.some((own) => isOf(own, codes)));
  if (failing(run).some(isWrong)) return true;
  return stages.some(({ entity, code, state }) => {
    if (entity !== name || state === 'succeeded') return false;
    return code === undefined || codes.includes(code) || !stages.some((own) => isOf(own, codes));
  });
}

function isOf({ code }: { code?: string | undefined }, codes: readonly string[]): boolean {
  return code !== undefined && codes.includes(code);
}

function requestOf(
  run: Run,
  id: string,
  calls: Call[],
  notBefore: string,
): SyncRequest & { id: string } {
  const { user, board } = run;
  return {
    ...{ id, kind: 'calls', calls, user, ...askerIn(run), notBefore },
    ...(board !== undefined && { board }),
    ...{ retryOf: run.id, retryFrom: 'failure' },
  };
}

/** One that is there already keeps its ticket and its time. */
async function enter(
  dependencies: StartDependencies,
  request: SyncRequest & { id: string },
  signal: AbortSignal,
): Promise<void> {
  const plan = planStages(dependencies.catalog, request.calls);
  const { runs, waiting } = dependencies;
  const found = await runs.read(request.id, signal);
  const entries = await waiting.list(signal);
  const run = found?.value ?? (await writeWaiting(dependencies, request, plan, entries, signal));
  const { id, state, ticket, notBefore } = run;
  if (state !== 'waiting' || ticket === undefined) return;
  await enterLine(dependencies, { id, ticket, locks: lockNames(plan), notBefore }, signal);
}

/** What must hold after an episode, from the stand-in's own call log, the documents and the rows. */

import type { ProcedureCall, SqlServer } from 'tds-sqlite';
import { tickPeriod } from '../../demo/billing/index.ts';
import type { Run, RunState, Stage } from '../../shared/sync/run.ts';
import { compareHeapWithSource, readFiles } from '../support/heap-and-source.ts';
import { callKey, stageKey } from './call-key.ts';
import { entityNames } from './catalog.ts';
import type { Habits } from './habits.ts';
import type { Harmed } from './harm.ts';
import type { Work } from './unruly.ts';
import { checkHabit, checkWork } from './work.ts';

/**
 * Storage tells its time in whole seconds, and that is what workers whose clocks differ agree on: so
 * far apart may times be that are the same.
 */
const clockMs = 2_000;

interface Attempt {
  run: Run;
  stage: Stage;
  startedAt: number;
  endedAt: number;
  isOk: boolean;
}

/** @returns every rule that was broken, in words */
export async function checkEpisode(
  calls: readonly ProcedureCall[],
  runs: readonly Run[],
  sql: SqlServer,
  { work, habits, cancelled, harmed }: Meanwhile,
): Promise<string[]> {
  const records = harmed.flatMap(({ run }) => run ?? []);
  const attemptOf = explain(calls, [...runs, ...records]);
  const isLost = lostBy(harmed);
  const whole = runs.filter((run) => !isLost(run));
  const rows = await Promise.all(whole.map((run) => checkRows(run, sql)));
  return [
    ...overlaps(calls),
    ...calls.flatMap((call) => checkCall(call, calls, attemptOf)),
    ...runs.flatMap((run) => checkRun(run, calls, attemptOf, isLost(run))),
    ...whole.flatMap((run) => checkEnd(run, habits, cancelled)),
    ...rows.flat(),
    ...whole.flatMap((run) => checkWork(run, work, habits)),
  ];
}

/** What the episode has planned, and what it has left. */
interface Meanwhile {
  habits: Habits;
  /** Rows of the unruly entities, of all runs. */
  work: readonly Work[];
  /** Runs that somebody asked to stop. */
  cancelled: ReadonlySet<string>;
  harmed: readonly Harmed[];
}

/** Runs whose own document was damaged, and those of which a lock was: nobody promises their end. */
function lostBy(harmed: readonly Harmed[]): (run: Run) => boolean {
  const names = new Set(harmed.map(({ name }) => name));
  const lock = /^locks\/[a-z]+\//;
  const locks = new Set(
    harmed.flatMap(({ name }) => (lock.test(name) ? name.replace(lock, '') : [])),
  );
  return ({ id, locks: own }) =>
    names.has(`runs/${id}.json`) || own.some(({ server }) => locks.has(server));
}

/**
 * The attempt each call was made for: of the run that its session's context names, the one whose
 * time holds the call and whose end is the call's, or, where a frozen worker made the call when it
 * came back, the latest one before it.
 */
function explain(calls: readonly ProcedureCall[], runs: readonly Run[]) {
  const attempts = runs
    .flatMap((run) => run.stages.flatMap((stage) => attemptsOf(run, stage)))
    .sort((a, b) => a.startedAt - b.startedAt);
  const byCall = Map.groupBy(attempts, ({ stage }) => stageKey(stage));
  return new Map(
    calls.map((call) => {
      const before = (byCall.get(callKey(call)) ?? []).filter(
        ({ run, startedAt }) => run.id === call.context && startedAt <= call.start + clockMs,
      );
      const fit = ({ endedAt, isOk: ok }: Attempt) =>
        (endedAt + clockMs >= endOf(call) ? 2 : 0) + (ok === isOk(call) ? 1 : 0);
      const best = Math.max(...before.map(fit));
      return [call, before.findLast((attempt) => fit(attempt) === best)];
    }),
  );
}

function attemptsOf(run: Run, stage: Stage): Attempt[] {
  return stage.attempts.map(({ startedAt, endedAt, error }) => ({
    run,
    stage,
    startedAt: Date.parse(startedAt),
    endedAt: Date.parse(endedAt ?? ''),
    isOk: error === undefined,
  }));
}

type AttemptOf = ReturnType<typeof explain>;

/** A call whose session was killed counts until the server has recorded its end. */
function overlaps(calls: readonly ProcedureCall[]): string[] {
  const faults: string[] = [];
  for (const [server, own] of Map.groupBy(calls, (call) => call.server)) {
    let last: ProcedureCall | undefined;
    for (const call of own.toSorted((a, b) => a.start - b.start)) {
      if (last !== undefined && call.start < endOf(last)) {
        faults.push(`two procedures at once on ${server}: calls ${last.id} and ${call.id}`);
      }
      if (last === undefined || endOf(call) > endOf(last)) last = call;
    }
  }
  return faults;
}

function endOf({ end }: ProcedureCall): number {
  return end ?? Number.POSITIVE_INFINITY;
}

function checkCall(
  call: ProcedureCall,
  calls: readonly ProcedureCall[],
  attemptOf: AttemptOf,
): string[] {
  const attempt = attemptOf.get(call);
  // `checkRecord` says so.
  if (attempt === undefined) return [];
  const { run, stage } = attempt;
  return stage.needs
    .filter(
      (id) => !callsOf(run, id, calls, attemptOf).some((c) => isOk(c) && endOf(c) <= call.start),
    )
    .map((id) => `call ${call.id}: ${stage.id} of ${run.id} before the success of ${id}`);
}

function callsOf(
  { id }: Run,
  stageId: string,
  calls: readonly ProcedureCall[],
  attemptOf: AttemptOf,
): ProcedureCall[] {
  return calls.filter((call) => {
    const attempt = attemptOf.get(call);
    return attempt?.run.id === id && attempt.stage.id === stageId;
  });
}

function isOk({ outcome }: ProcedureCall): boolean {
  return outcome === 'ok';
}

function checkRun(
  run: Run,
  calls: readonly ProcedureCall[],
  attemptOf: AttemptOf,
  isLost: boolean,
): string[] {
  const faults: string[] = [];
  const wrong = (text: string) => faults.push(`run ${run.id}: ${text}`);
  if (run.endedAt === undefined) wrong(`${run.state} without an end`);
  if (run.holder !== undefined) wrong('still has a holder');
  for (const stage of run.stages) {
    const own = callsOf(run, stage.id, calls, attemptOf);
    for (const { startedAt, endedAt } of stage.attempts) {
      if (Date.parse(endedAt ?? '') < Date.parse(startedAt)) {
        wrong(`${stage.id} ended before it began`);
      }
    }
    if (stage.attempts.some(({ endedAt }) => endedAt === undefined)) {
      wrong(`${stage.id} has an attempt without an end`);
    }
    if (stage.state === 'succeeded' && !own.some(isOk)) wrong(`${stage.id} never succeeded`);
    if (!stage.repeatable && own.length > 1) wrong(`${stage.id} must not be repeated`);
    if (stage.state === 'interrupted') {
      if (stage.repeatable && !isLost) wrong(`${stage.id} is repeatable, and interrupted`);
      if (stage.error?.meaning !== 'interrupted') wrong(`${stage.id} does not say why`);
    }
  }
  return faults;
}

/** The run's state is that of its stages, and nothing but what was planned has kept one from it. */
function checkEnd(run: Run, habits: Habits, cancelled: ReadonlySet<string>): string[] {
  const expected = stateOf(run);
  const faults: string[] = [];
  if (run.state !== expected) faults.push(`is ${run.state}, and its stages make it ${expected}`);
  if (run.state === 'cancelled' && !cancelled.has(run.id)) faults.push('cancelled by nobody');
  const byId = new Map(run.stages.map((stage) => [stage.id, stage]));
  for (const stage of run.stages) {
    const fault = checkHabit(stage, habits);
    if (fault !== undefined) faults.push(`${stage.id} ${fault}`);
    const isMissing = stage.needs.some((id) => byId.get(id)?.state !== 'succeeded');
    if (stage.state === 'skipped' && !isMissing && run.state !== 'interrupted') {
      faults.push(`${stage.id} skipped, and everything it needs is there`);
    }
  }
  return faults.map((text) => `run ${run.id}: ${text}`);
}

function stateOf({ startedAt, stages }: Run): RunState {
  const states = new Set(stages.map(({ state }) => state));
  // Whoever was asked for it died, or had no storage, before the servers were entered as the run's.
  if (startedAt === undefined && [...states].every((state) => state === 'skipped')) {
    return 'interrupted';
  }
  const order = ['interrupted', 'cancelled', 'failed'] as const;
  return order.find((state) => states.has(state)) ?? 'succeeded';
}

/** Entities that have come through all stages are in heap what they are in their source. */
async function checkRows(run: Run, sql: SqlServer): Promise<string[]> {
  const faults = run.codes.map(async (code) => {
    const came = entityNames.filter((entity) => {
      const own = run.stages.filter(
        (stage) => stage.entity === entity && (stage.code ?? code) === code,
      );
      return own.length > 0 && own.every(({ state }) => state === 'succeeded');
    });
    const differences = await compareHeapWithSource(readFiles(sql), code, tickPeriod, came);
    return differences.map(
      ({ entity, kind, key: row }) => `run ${run.id}: ${code} ${entity} ${row} is ${kind} in heap`,
    );
  });
  return (await Promise.all(faults)).flat();
}

/**
 * Starts what is due. Each due time gets the id of its run under the schedule's ETag; whoever finds
 * one that was not started, and that nobody can be at any more, starts it under that id. The run's
 * document is written once, so two who are at it all the same start one.
 */

import { askerIn } from '../../audit/asker.ts';
import type { Catalog } from '../../catalog/index.ts';
import { closureText } from '../../closures/closures.ts';
import type { NewEvent } from '../../events/event.ts';
import type { Found } from '../../storage/documents.ts';
import { DocumentConflictError } from '../../storage/documents.ts';
import { periodLimits } from '../../sync/period.ts';
import { isFinished } from '../../sync/run.ts';
import { newRunId } from '../../sync/run-id.ts';
import { type Run, type StartOutcome, type Syncs, TooManyStagesError } from '../../sync/syncs.ts';
import { callsOn } from '../board-calls.ts';
import { BoardFileError, type Boards } from '../boards.ts';
import type { Revised } from '../revised-store.ts';
import { lateEvent, noRunEvent, unbegunEvents } from './late-events.ts';
import { nextStep } from './plan-due.ts';
import type { Due, Schedule, ScheduleState } from './schedule.ts';

export type StoredSchedule = Revised<Schedule, ScheduleState>;

export interface DueDependencies {
  schedules: {
    read(name: string, signal: AbortSignal): Promise<Found<StoredSchedule> | undefined>;
    /** undefined: somebody else has written it since. */
    withState(
      found: Found<StoredSchedule>,
      state: ScheduleState,
      signal: AbortSignal,
    ): Promise<Found<StoredSchedule> | undefined>;
  };
  boards: Pick<Boards, 'read'>;
  catalog: Catalog;
  syncs: Pick<Syncs, 'start' | 'read' | 'places' | 'cancel'>;
  /** Storage's time. */
  now(): Date;
  /** Puts a run that was started on its queue. */
  send(id: string, signal: AbortSignal): Promise<void>;
  /** Writes down what somebody should hear of, unless it is; absent: nobody hears of anything. */
  tell?(event: NewEvent, signal: AbortSignal): Promise<void>;
  log(text: string, level?: 'warn'): void;
}

/** A start takes a second or two; the claim of a due time lives four times as long. */
const startMs = 30_000;

/** What came of one attempt; `pending`: it is to be looked at again. */
type Outcome = Pick<Due, 'state' | 'why' | 'run' | 'off' | 'lacks'> | 'pending';

/**
 * Starts everything of a schedule that is due, one after the other, and ends what was to have ended.
 *
 * @throws storage's error, DocumentNewerError, or the reason of `signal`: the next minute goes on
 */
export async function startDue(
  dependencies: DueDependencies,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const { schedules, now, log } = dependencies;
  for (;;) {
    const found = await schedules.read(name, signal);
    const schedule = found?.value.content;
    if (found === undefined || schedule === undefined) return;
    const { state = { upTo: found.value.changedAt, due: [] } } = found.value;
    const step = nextStep(schedule, state, now());
    for (const event of unbegunEvents(name, schedule, state.due, now())) {
      await dependencies.tell?.(event, signal);
    }
    if (step === undefined) {
      await endLate(dependencies, found, schedule, state, signal);
      return;
    }
    // Before it is known: whoever finds it anew tells the same.
    const missed = missedLast(state, step.state);
    if (missed) {
      await dependencies.tell?.(noRunEvent(name, schedule, step.state.due, missed), signal);
    }
    // Somebody else is at it: what he has made of it is looked at.
    if ((await schedules.withState(found, step.state, signal)) === undefined) continue;
    const { begin } = step;
    if (begin === undefined) continue;
    const within = AbortSignal.any([signal, AbortSignal.timeout(startMs)]);
    const isFirst = state.due.every(({ at, triedAt }) => at !== begin.at || triedAt === undefined);
    const outcome = await begun(dependencies, found.value, schedule, begin, isFirst, within);
    if (outcome === 'pending') return;
    const { state: came, run, why } = outcome;
    log(
      `Schedule ${name}, due at ${begin.at}: ${came}${run === undefined ? '' : ` as run ${run}`}${why === undefined ? '' : `: ${why}`}`,
      came === 'failed' ? 'warn' : undefined,
    );
    if (came === 'failed') {
      // Before it is settled: whoever comes for it again tells the same.
      const due = { ...begin, state: came, ...(why !== undefined && { why }) };
      await dependencies.tell?.(noRunEvent(name, schedule, step.state.due, due), signal);
    }
    await settle(dependencies, name, begin, outcome, signal);
  }
}

/** The latest due time, where it has just been found and was missed. */
function missedLast({ due: known }: ScheduleState, { due }: ScheduleState): Due | undefined {
  const last = due.at(-1);
  const isNew = last !== undefined && known.every(({ at }) => at !== last.at);
  return isNew && last.state === 'skipped' ? last : undefined;
}

async function begun(
  dependencies: DueDependencies,
  stored: StoredSchedule,
  schedule: Schedule,
  due: Due,
  isFirst: boolean,
  signal: AbortSignal,
): Promise<Outcome> {
  const { run: id } = due;
  if (id === undefined) return { state: 'failed', why: 'No run was reserved for it.' };
  const { syncs, send } = dependencies;
  if (!isFirst) {
    const run = await syncs.read(id, signal);
    if (run !== undefined) return await whatBecame(dependencies, run, signal);
  }
  if (!schedule.enabled)
    return { state: 'skipped', why: 'The schedule is switched off.', off: true };
  const asked = await callsOf(dependencies, schedule, due, signal);
  if ('state' in asked) return asked;
  let started: StartOutcome;
  try {
    started = await syncs.start(
      {
        ...{ id, kind: 'calls', calls: asked.calls, board: schedule.board },
        user: `schedule ${stored.name}`,
        ...askerIn(stored.changedBy),
        due: { schedule: stored.name, at: due.at },
        ...(schedule.whenBusy === 'wait' && { whenBusy: 'wait' as const }),
      },
      signal,
    );
  } catch (error) {
    // Whoever was at it before has written it after all.
    if (error instanceof DocumentConflictError) return 'pending';
    if (!(error instanceof TooManyStagesError) && !(error instanceof RangeError)) throw error;
    return { state: 'failed', why: error.message };
  }
  if (started.outcome === 'busy') {
    const { servers, runs } = started;
    const whose = runs.length === 0 ? '' : ` (run ${runs.join(', ')})`;
    return { state: 'skipped', why: `Busy: ${servers.join(', ')}${whose}.` };
  }
  if (started.outcome === 'closed') return { state: 'skipped', why: closureText(started.closure) };
  // The sweeper finds it where this is lost.
  if (started.outcome === 'started') await send(id, signal).catch(() => {});
  return { state: 'started', run: id };
}

/**
 * Of a run whose start nobody saw to its end. One that owns nothing is ended by the sweeper before
 * it begins, and made anew then; until it is known which it is it is looked at again.
 */
async function whatBecame(
  { syncs, now }: DueDependencies,
  { id, state, startedAt }: Run,
  signal: AbortSignal,
): Promise<Outcome> {
  if (state === 'interrupted' && startedAt === undefined) {
    return { state: 'reserved', run: newRunId(now()) };
  }
  // What has its place in line has been promised; what is queued begins within a minute, or ends.
  const isPromised = state === 'waiting' && (await syncs.places(signal)).has(id);
  const isOpen = state === 'waiting' || state === 'queued';
  return isOpen && !isPromised ? 'pending' : { state: 'started', run: id };
}

/** The calls of the board as it is now, with the months of the due time. */
async function callsOf(
  { boards, catalog }: DueDependencies,
  { board }: Schedule,
  { at }: Due,
  signal: AbortSignal,
) {
  const found = await boards.read(board, signal).catch((error: unknown) => {
    if (error instanceof BoardFileError) return error;
    throw error;
  });
  if (found instanceof BoardFileError) {
    return { state: 'failed', why: `${found.message}.` } as const;
  }
  if (found === undefined) {
    return { state: 'failed', why: `There is no board ${board}.`, lacks: 'board' } as const;
  }
  const on = callsOn(found.board, catalog, periodLimits(catalog.periods, new Date(at)));
  if ('errors' in on) {
    const why = on.errors.map(({ message }) => message).slice(0, 3);
    return { state: 'failed', why: `Board ${board}: ${why.join('; ')}.` } as const;
  }
  if (on.calls.length > 0) return on;
  const why = `Nothing of board ${board} is switched on.`;
  return { state: 'skipped', why, lacks: 'calls' } as const;
}

/** Writes down what came of an attempt, unless another worker has taken the due time over. */
async function settle(
  { schedules }: DueDependencies,
  name: string,
  begin: Due,
  outcome: Exclude<Outcome, 'pending'>,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const found = await schedules.read(name, signal);
    const state = found?.value.state;
    const own = state?.due.find(({ at, triedAt }) => at === begin.at && triedAt === begin.triedAt);
    if (found === undefined || state === undefined || own === undefined) return;
    const { triedAt: _, run: __, endBy, ...rest } = own;
    const isOn = outcome.state === 'started' || outcome.state === 'reserved';
    const settled = { ...rest, ...outcome, ...(isOn && endBy !== undefined && { endBy }) };
    const due = state.due.map((one) => (one === own ? settled : one));
    if ((await schedules.withState(found, { ...state, due }, signal)) !== undefined) return;
  }
}

/** Cancels runs that were to have ended by now; once. */
async function endLate(
  { schedules, syncs, now, log, tell }: DueDependencies,
  found: Found<StoredSchedule>,
  schedule: Schedule,
  state: ScheduleState,
  signal: AbortSignal,
): Promise<void> {
  const isLate = ({ state: of, endBy }: Due) =>
    of === 'started' && endBy !== undefined && Date.parse(endBy) <= now().getTime();
  const late = state.due.filter(isLate);
  if (late.length === 0) return;
  for (const one of late) {
    const { run, endBy } = one;
    if (run === undefined) continue;
    const running = await syncs.read(run, signal);
    if (running !== undefined && !isFinished(running)) {
      const why = `it was to end by ${endBy}, and is cancelled.`;
      // Before it is cancelled: from then on nobody would know that it was late.
      const what = 'not ended' as const;
      await tell?.(lateEvent(found.value.name, schedule, one, { what, why, run }), signal);
    }
    const by = `schedule ${found.value.name} (it was to end by ${endBy})`;
    const { outcome } = await syncs.cancel(run, by, signal);
    if (outcome === 'accepted') log(`Run ${run} was to end by ${endBy}: it is cancelled`, 'warn');
  }
  const due = state.due.map((one) => {
    if (!late.includes(one)) return one;
    const { endBy: _, ...rest } = one;
    return rest;
  });
  // Where somebody else has written it meanwhile the next minute does it again, to the same end.
  await schedules.withState(found, { ...state, due }, signal);
}

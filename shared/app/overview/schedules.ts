/** What the overview knows of schedules. */

import { codesOf } from '../../board/board.ts';
import type { Boards } from '../../board/boards.ts';
import type { Facts, KnownSchedule } from '../../board/overview/facts.ts';
import { nextDue } from '../../board/schedule/late.ts';
import type { ScheduleState } from '../../board/schedule/schedule.ts';
import type { ListedSchedule, Schedules } from '../../board/schedule/schedules.ts';
import { isAfter, unmetOf } from '../../board/schedule/unmet.ts';
import type { RunsSeen } from './runs.ts';

interface Before {
  before: Facts | undefined;
  /** What was due before is nobody's any more. */
  keptSince: Date;
}

/** Those of a newer version of the app are left to that one. */
export async function lookAtSchedules(
  { schedules, boards }: { schedules: Pick<Schedules, 'list'>; boards: Pick<Boards, 'list'> },
  seen: Pick<RunsSeen, 'run' | 'hasEnded' | 'metOf'>,
  before: Before,
  signal: AbortSignal,
): Promise<KnownSchedule[]> {
  const all = (await schedules.list(signal)).flatMap((one) => ('newer' in one ? [] : [one]));
  if (all.length === 0) return [];
  const codes = new Map<string, string[]>();
  for (const board of await boards.list(signal)) {
    if (!('board' in board)) continue;
    codes.set(board.name, [...new Set(board.board.calls.flatMap((call) => codesOf(call)))]);
  }
  return await Promise.all(
    all.map(async ({ name, content, state }) => {
      const last = state.due.at(-1);
      const next = nextDue(content, state)?.toISOString();
      const known = last?.run === undefined ? undefined : await seen.run(last.run, signal);
      const met = await seen.metOf(content.board, signal);
      return {
        ...{ name, content, upTo: state.upTo },
        // Of a board that is gone: what it had nobody knows.
        codes: codes.get(content.board) ?? ['*'],
        ...(last && { last }),
        ...(known && { run: known }),
        ...(met !== undefined && { met }),
        ...(await owed(seen, { name, state, met, ...before }, signal)),
        ...(next !== undefined && { next }),
      };
    }),
  );
}

interface Owing extends Before, Pick<Exclude<ListedSchedule, { newer: string }>, 'name'> {
  state: ScheduleState;
  met: string | undefined;
}

async function owed(
  { run, hasEnded }: Pick<RunsSeen, 'run' | 'hasEnded'>,
  { name, state, met, before, keptSince }: Owing,
  signal: AbortSignal,
): Promise<Pick<KnownSchedule, 'open' | 'unmet'>> {
  const of = async (id: string | undefined) => {
    const found = id === undefined ? undefined : await run(id, signal);
    return found === undefined ? {} : { run: found };
  };
  const isOpen = (one: ScheduleState['due'][number]) =>
    isAfter(one.at, met) &&
    (one.state === 'reserved' ||
      (one.state === 'started' && one.run !== undefined && !hasEnded(one.run)));
  const open = await Promise.all(
    state.due.filter(isOpen).map(async (due) => ({ due, ...(await of(due.run)) })),
  );
  const earlier = before?.schedules.find((one) => one.name === name)?.unmet;
  const unmet = unmetOf(state.due, { met, keptSince, hasEnded, before: earlier });
  if (unmet === undefined) return { open };
  const ofRun = unmet.due.state === 'started' ? await of(unmet.due.run) : {};
  return { open, unmet: { ...unmet, ...ofRun } };
}

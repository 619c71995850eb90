/** What the overview knows of schedules. */

import { codesOf } from '../../board/board.ts';
import type { Boards } from '../../board/boards.ts';
import type { KnownSchedule } from '../../board/overview/facts.ts';
import { nextDue } from '../../board/schedule/late.ts';
import type { Schedules } from '../../board/schedule/schedules.ts';
import type { RunsSeen } from './runs.ts';

/** Those of a newer version of the app are left to that one. */
export async function lookAtSchedules(
  { schedules, boards }: { schedules: Pick<Schedules, 'list'>; boards: Pick<Boards, 'list'> },
  { run }: Pick<RunsSeen, 'run'>,
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
      const known = last?.run === undefined ? undefined : await run(last.run, signal);
      return {
        ...{ name, content, upTo: state.upTo },
        // Of a board that is gone: what it had nobody knows.
        codes: codes.get(content.board) ?? ['*'],
        ...(last && { last }),
        ...(known && { run: known }),
        ...(next !== undefined && { next }),
      };
    }),
  );
}

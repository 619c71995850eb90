/** What is wrong with schedules: what they owe, and what is late. */

import { isLate, type Lateness, lateness, unseen } from '../schedule/late.ts';
import type { Due } from '../schedule/schedule.ts';
import { isAfter } from '../schedule/unmet.ts';
import type { KnownSchedule } from './facts.ts';
import { cancel, removeSchedule, retry, runBoard } from './mend.ts';
import { brief, counted, type WrongTrouble } from './wrong-line.ts';

export function wrongWithSchedule(schedule: KnownSchedule, now: Date): WrongTrouble[] {
  return [owed(schedule), late(schedule, now)].flatMap((one) => one ?? []);
}

/** Due times that came to nothing: one line until they are met, which says how the latest went. */
function owed({ name, content, unmet }: KnownSchedule): WrongTrouble | undefined {
  if (unmet === undefined) return undefined;
  const { since, due, run } = unmet;
  // What is switched off is not to run.
  if (run === undefined && !content.enabled) return undefined;
  const trouble = { kind: 'schedule' as const, subject: name, what: 'not kept', since };
  const subject = `schedule ${name}`;
  if (run === undefined) {
    const kind = due.state === 'skipped' ? ('late' as const) : ('failed' as const);
    const what = brief(due.why ?? due.state);
    return { trouble, line: { kind, subject, what, since, ...unkept(name, content.board, due) } };
  }
  const { id, state } = run;
  const links = { run: id, see: `/runs/${id}`, ...retry(id) };
  return { trouble, line: { kind: 'failed', subject, what: state, since, ...links } };
}

/** Where to look, and the mend: a board that is not there, or has nothing on, cannot be run. */
function unkept(schedule: string, board: string, { at, lacks }: Due) {
  if (lacks === 'board') return { see: '/boards', ...removeSchedule(schedule) };
  if (lacks === 'calls') return { see: `/boards/${board}` };
  return { see: `/schedules/${schedule}/times`, ...runBoard(board, at) };
}

/** What is late for the longest, and how many due times are. */
function late(schedule: KnownSchedule, now: Date): WrongTrouble | undefined {
  const { name, content, open, next, met } = schedule;
  const waits = next !== undefined && isAfter(next, met) ? unseen(new Date(next)) : undefined;
  const all = [
    ...open.map(({ due, run }) => ({ late: lateness(due, run), due: due.at, run: run?.id })),
    { late: waits, due: next ?? '', run: undefined },
  ].flatMap(({ late: one, ...its }) => (isLate(one, now) ? [{ ...one, ...its }] : []));
  const [first] = all.toSorted((one, other) => one.from.getTime() - other.from.getTime());
  if (first === undefined) return undefined;
  const since = first.from.toISOString();
  const { what, due, run } = first;
  return {
    trouble: { kind: 'late', subject: name, what, since },
    line: {
      ...{ kind: 'late', subject: `schedule ${name}`, what, ...counted(all), since },
      ...(run === undefined ? { see: `/schedules/${name}/times` } : { run, see: `/runs/${run}` }),
      ...(run === undefined ? runBoard(content.board, due) : mendOf(what, run)),
    },
  };
}

/** What stands in line begins when whoever is before it has ended. */
function mendOf(what: Lateness['what'], run: string) {
  return what === 'not ended' ? cancel(run) : {};
}

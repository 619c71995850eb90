/** What the unruly entities' stages have been told to have done, against what is in the tables. */

import type { Run, Stage } from '../../shared/sync/run.ts';
import { type HabitName, type Habits, habitOf } from './habits.ts';
import { rowsOfCall, type Work } from './unruly.ts';

/** Undefined for a stage whose procedure is the demo's. */
export function habitOfStage({ stage, entity }: Stage, planned: Habits): HabitName | undefined {
  return planned[`${stage}:${entity}`];
}

/** Work of these runs, apart from everybody else's. */
export function workOf(runs: readonly Run[], work: readonly Work[]): Work[] {
  const ids = new Set(runs.map(({ id }) => id));
  return work.filter(({ run }) => ids.has(run));
}

/** @returns every difference between a run's stages and the rows that its calls have left, in words */
export function checkWork(run: Run, work: readonly Work[], planned: Habits): string[] {
  const left = Map.groupBy(workOf([run], work), ({ stage }) => stage);
  const stages = new Map(run.stages.map((stage) => [stage.id, stage]));
  return [
    ...[...left.keys()]
      .filter((id) => !stages.has(id))
      .map((id) => `run ${run.id}: there are rows of ${id}, which it has not`),
    ...run.stages.flatMap((stage) => {
      const habit = habitOfStage(stage, planned);
      const faults = habit === undefined ? [] : checkStage(stage, habit, left.get(stage.id) ?? []);
      return faults.map((fault) => `run ${run.id}: ${stage.id} (${habit}): ${fault}`);
    }),
  ];
}

function checkStage(stage: Stage, habit: HabitName, calls: readonly Work[]): string[] {
  const faults = calls
    .filter(({ rows }) => rows !== rowsOfCall)
    .map(({ call, rows }) => `call ${call} has left ${rows} rows of ${rowsOfCall}`);
  const [least, most] = callsTold(stage);
  if (calls.length < least || calls.length > most) {
    const told = least === most ? least : `${least} to ${most}`;
    faults.push(`is ${stage.state}, and ${calls.length} calls have left rows: not ${told}`);
  }
  return stage.state === 'succeeded' ? [...faults, ...checkCounts(stage, habit)] : faults;
}

/** What the stage says that its procedure moved, gave and printed. */
function checkCounts({ rows, messages }: Stage, habit: HabitName): string[] {
  const { counts = rowsOfCall, gives = 0, prints = 0 } = habitOf(habit);
  const compared: [what: string, told: number | undefined, actual: number][] = [
    ['rows moved', rows?.sum, counts],
    ['rows given', rows?.returned ?? 0, gives],
    ['messages', messages.count, prints],
  ];
  return compared
    .filter(([, told, actual]) => told !== actual)
    .map(([what, told, actual]) => `tells ${told} ${what}, and there were ${actual}`);
}

/** An attempt whose last word to the server may or may not have been heard begins so. */
const unknownEnd = /^The worker was lost|^The procedure ended, but whether/;

/** How many calls have left rows, at least and at most, by what the document says. */
function callsTold({ state, attempts }: Stage): [number, number] {
  const unknown = attempts.filter(({ error }) => unknownEnd.test(error?.message ?? '')).length;
  const known = state === 'succeeded' ? 1 : 0;
  return [known, known + unknown];
}

/** What a stage has come to must be what its procedure's habit leads to. */
export function checkHabit(stage: Stage, planned: Habits): string | undefined {
  const name = habitOfStage(stage, planned) ?? 'behaves well';
  const { fails, returns = 0 } = habitOf(name);
  const { state, error, returnCheck, returnValue } = stage;
  const mustFail = fails !== undefined || (returns !== 0 && returnCheck === 'zero');
  if (state === 'succeeded') {
    if (mustFail) return `succeeded, although its procedure ${name}`;
    if (returnValue !== returns) return `returned ${returnValue}, and not ${returns}`;
    if ((stage.warnings?.length ?? 0) !== (returns === 0 ? 0 : 1)) return 'does not warn';
  }
  if (state !== 'failed') return undefined;
  // Planned with a catalogue that calls the database otherwise than the worker's.
  if (error?.message.includes(`"${stage.database}"`)) return undefined;
  if (!mustFail) return `failed, although nothing is wrong: ${error?.message}`;
  if (fails?.number !== undefined && error?.number !== fails.number) {
    return `failed with ${error?.number} ${error?.message}, not with ${fails.number}`;
  }
  return undefined;
}

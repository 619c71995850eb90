/** What procedures have printed, against the logs of the runs. */

import { text } from 'node:stream/consumers';
import type { Run } from '../../shared/sync/run.ts';
import { type Habits, habitOf } from './habits.ts';
import type { Work } from './unruly.ts';
import { habitOfStage } from './work.ts';
import type { World } from './world.ts';

/**
 * Every line that the calls of succeeded stages have printed is in their run's log, once and in
 * order. Asked only where nobody died: the last two seconds before a death are lost.
 *
 * @returns what is not, in words
 */
export async function checkSaid(
  { state }: World,
  run: Run,
  work: readonly Work[],
  planned: Habits,
): Promise<string[]> {
  const faults: string[] = [];
  const signal = AbortSignal.timeout(60_000);
  const log = await state.logs.read(run.id, signal);
  const lines = (await text(log.read({ from: 0 }, signal))).split('\n');
  for (const stage of run.stages) {
    const habit = habitOfStage(stage, planned);
    const prints = habit === undefined ? 0 : (habitOf(habit).prints ?? 0);
    if (stage.state !== 'succeeded' || prints === 0) continue;
    const call = work.find((one) => one.run === run.id && one.stage === stage.id)?.call ?? '?';
    const said = lines.filter((line) => line.includes(` ${stage.id} | ${call} line `));
    const isWhole = said.every((line, index) =>
      line.endsWith(`${call} line ${index + 1}: čtvrtá — четвёртая`),
    );
    if (said.length !== prints || !isWhole) {
      faults.push(`run ${run.id}: ${stage.id}: ${said.length} of ${prints} lines are in the log`);
    }
  }
  return faults;
}

/** What has happened to a run since it was seen last, a line each: where nobody draws. */

import type { Say } from '../language/say.ts';
import { clean } from '../terminal/text.ts';
import type { Clock } from '../terminal/times.ts';
import type { Progress } from './follow.ts';
import { errorLines } from './frame.ts';

/** @param now by the app's clock */
export function plainLines(
  before: Progress | undefined,
  { id, ...progress }: Progress,
  now: number,
  { say, clock }: { say: Say; clock: Clock },
): string[] {
  const { state, stagesDone, stagesSkipped, stagesTotal, place, running, endedAt } = progress;
  const counts = `${stagesDone + stagesSkipped}/${stagesTotal}`;
  const lines: string[] = [];
  const head = before === undefined ? [clean(say('times: {zone}', { zone: clock.zone }))] : [];
  if (before?.state !== state || before.place !== place) {
    const inLine = place === undefined ? '' : `; ${say('{place} before it in line', { place })}`;
    lines.push(`${say('run {id}: {state}', { id, state: say(state) })}${inLine}`);
  }
  for (const { server, stage, message } of running) {
    const known = before?.running.find((one) => one.server === server && one.stage === stage);
    if (known !== undefined && known.message === message) continue;
    lines.push(`${server}: ${stage}${message === undefined ? '' : ` | ${message}`}`);
  }
  if (endedAt !== undefined) lines.push(...errorLines({ id, ...progress }, say));
  const told = lines.map((line) => `${clock.time(now)}  ${counts.padStart(7)}  ${line}`);
  return [...head, ...told.map(clean)];
}

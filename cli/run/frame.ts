/** A run as lines of a terminal: a bar for all of it and for each server's lane. */

import { finalStates } from '../../shared/sync/run.ts';
import type { Say } from '../language/say.ts';
import { bar } from '../terminal/bar.ts';
import { clean, cutTo, padTo, widthOf } from '../terminal/text.ts';
import { type Clock, lengthText } from '../terminal/times.ts';
import type { Progress } from './follow.ts';

export interface Drawing {
  /** Columns. */
  width: number;
  /** Milliseconds since 1970, by the app's clock. */
  now: number;
  isUnicode: boolean;
  /** Servers that had a lane before, in the order in which they stand. */
  lanes: readonly string[];
  say: Say;
  clock: Clock;
}

/** The lanes of before, and behind them those that have come. */
export const lanesOf = ({ running }: Progress, before: readonly string[]): string[] => [
  ...new Set([...before, ...running.map(({ server }) => server)]),
];

const widestLabel = 14;
const widestBar = 24;

/** No line is wider than the drawing. */
export function frame(progress: Progress, drawing: Drawing): string[] {
  const { width, say } = drawing;
  const total = say('in all');
  const isOver = finalStates.includes(progress.state);
  const lanes = isOver ? [] : lanesOf(progress, drawing.lanes);
  const labels = [total, ...lanes.map(clean)];
  const label = Math.min(widestLabel, Math.max(...labels.map(widthOf)));
  const barWidth = Math.max(4, Math.min(widestBar, Math.floor(width / 3)));
  const lane = (name: string, done: number | undefined, text: string) =>
    `${padTo(clean(name), label)}  ${bar(done, barWidth, drawing.isUnicode)}  ${text}`;
  const { stagesDone, stagesSkipped, stagesTotal } = progress;
  const over = stagesDone + stagesSkipped;
  const counts = say('{done}/{total} stages', { done: over, total: stagesTotal });
  const left = isOver ? '' : endText(progress, drawing);
  const indent = ' '.repeat(label + 2);
  return [
    headText(progress, drawing),
    lane(
      total,
      stagesTotal === 0 ? undefined : over / stagesTotal,
      [counts, left].filter(Boolean).join(', '),
    ),
    ...lanes.flatMap((server) => {
      const own = progress.running.filter((one) => one.server === server);
      if (own.length === 0) return [lane(server, 0, say('nothing runs'))];
      return own.flatMap(({ since, endsAt, stage, message }) => [
        lane(server, doneOf(since, endsAt, drawing.now), laneText(since, endsAt, drawing)),
        `${indent}${stage}${message === undefined ? '' : ` | ${message}`}`,
      ]);
    }),
    ...waitingLines(progress, drawing),
    ...errorLines(progress, say),
  ].map((line) => cutTo(clean(line), width));
}

/** `run zd38m9z2l-b5hscz (nightly): running for 4 min 10 s`. */
function headText({ id, board, state, place, ...at }: Progress, { now, say }: Drawing): string {
  const { createdAt, startedAt, endedAt } = at;
  const name = board === undefined ? id : `${id} (${board})`;
  const from = Date.parse(startedAt ?? createdAt);
  const length = lengthText((endedAt === undefined ? now : Date.parse(endedAt)) - from, say);
  const text = say('run {name}: {state}, {length}', { name, state: say(state), length });
  return place === undefined ? text : `${text}; ${say('{place} before it in line', { place })}`;
}

function endText({ estimate, wakesAt, state }: Progress, { now, say, clock }: Drawing): string {
  if (wakesAt !== undefined) return say('waits until {time}', { time: clock.time(wakesAt) });
  if (state === 'waiting') return '';
  if (!estimate?.endsAt) return say('nobody knows how long');
  return leftText(Date.parse(estimate.endsAt) - now, say);
}

function laneText(since: string, endsAt: string | undefined, { now, say }: Drawing): string {
  if (endsAt !== undefined) return leftText(Date.parse(endsAt) - now, say);
  return say('for {length}, never measured', { length: lengthText(now - Date.parse(since), say) });
}

function leftText(ms: number, say: Say): string {
  if (ms > -1_000) return say('{length} left', { length: lengthText(ms, say) });
  return say('{length} longer than usual', { length: lengthText(-ms, say) });
}

function doneOf(since: string, endsAt: string | undefined, now: number): number | undefined {
  if (endsAt === undefined) return undefined;
  const [from, to] = [Date.parse(since), Date.parse(endsAt)];
  // It has not ended yet, however late it is.
  return to <= from ? 0 : Math.min(0.999, (now - from) / (to - from));
}

function waitingLines({ waiting = [] }: Progress, { say, clock }: Drawing): string[] {
  return waiting.map(({ stage, server, exclusive, run, opens }) => {
    const place = `${server}: ${stage}`;
    if (opens !== undefined) {
      return say('{place} waits until {time}', { place, time: clock.time(opens) });
    }
    return say('{place} waits for {name}, which run {run} has', {
      ...{ place, name: exclusive ?? '?', run: run ?? '?' },
    });
  });
}

/** The first ones, and how many there are. */
export function errorLines(
  { id, errors, errorCount, warnings, checks }: Progress,
  say: Say,
): string[] {
  const unmade = checks?.unknown ?? 0;
  const more = errorCount - errors.length;
  return [
    ...errors.map(({ stage, message }) => `! ${stage === undefined ? '' : `${stage}: `}${message}`),
    ...(more > 0 ? [say('! and {count} more errors', { count: more })] : []),
    ...(warnings > 0 ? [say('warnings: {count}', { count: warnings })] : []),
    ...(unmade > 0
      ? [say('checks not made: {count} (syncboard log {id} says why)', { count: unmade, id })]
      : []),
  ];
}

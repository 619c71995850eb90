/** What telemetry is told of runs and their stages. */

import { measured } from '../telemetry/measurements.ts';
import type { SpanOptions } from '../telemetry/spans.ts';
import type { Run, Stage, StageAttempt } from './run.ts';

export function describedStage({ id, stage, entity, code, server }: Stage): SpanOptions {
  const attributes = {
    'syncboard.stage': id,
    'syncboard.stage.name': stage,
    'syncboard.entity': entity,
    ...(code !== undefined && { 'syncboard.code': code }),
    'syncboard.server': server,
  };
  return { attributes };
}

/** An attempt that has ended. */
export function tellAttempt({ stage, server, state, rows }: Stage, attempt: StageAttempt): void {
  const { startedAt, endedAt } = attempt;
  if (endedAt === undefined) return;
  const by = { stage, server };
  measured()?.stageDuration.record(secondsBetween(startedAt, endedAt), { ...by, state });
  if (state === 'succeeded' && rows !== undefined) measured()?.rows.add(rows.sum, by);
}

/** A run that has ended. */
export function tellEnded({ state, kind, createdAt, startedAt, endedAt }: Run): void {
  measured()?.runs.add(1, { state, kind });
  if (startedAt === undefined) return;
  measured()?.runWaiting.record(secondsBetween(createdAt, startedAt));
  if (endedAt === undefined) return;
  measured()?.runDuration.record(secondsBetween(startedAt, endedAt), { state });
}

const secondsBetween = (from: string, to: string) =>
  Math.max(0, Date.parse(to) - Date.parse(from)) / 1000;

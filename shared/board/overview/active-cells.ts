/** Cells of unfinished runs: what of an entity of a data source runs now, and what is to come. */

import { z } from 'zod';
import { instantSchema } from '../../storage/instant.ts';
import { leftOf } from '../../sync/progress.ts';
import { hasEnded, type Run, type Stage } from '../../sync/run.ts';

export const activeCellStates = ['waiting', 'pending', 'running', 'begun'] as const;

export const activeCellSchema = z.object({
  code: z.string(),
  entity: z.string(),
  run: z.string(),
  state: z.enum(activeCellStates).meta({
    description:
      '`waiting`: its run stands in line; `pending`: nothing of it has begun; `running`: a stage of it runs; `begun`: some have ended, and the next one has not begun',
  }),
  since: instantSchema.exactOptional().meta({ description: 'When the first of its stages began' }),
  beginsAt: instantSchema.exactOptional().meta({
    description: 'Of `pending`: when the first one begins, as earlier runs took',
  }),
  endsAt: instantSchema.exactOptional().meta({
    description: 'When the last one ends, as earlier runs took; absent: one was never measured',
  }),
  stagesDone: z.int(),
  stagesTotal: z.int(),
});
export type ActiveCell = z.infer<typeof activeCellSchema>;

/** Those of which a stage has not ended; of its document alone, so that it holds until that changes. */
export function activeCellsOf(run: Run): ActiveCell[] {
  const left = run.state === 'waiting' ? undefined : leftOf(run);
  return run.freshness.flatMap(({ code, entity }) => {
    const stages = run.stages.filter(
      (stage) => stage.entity === entity && (stage.code === undefined || stage.code === code),
    );
    const done = stages.filter(hasEnded);
    if (done.length === stages.length) return [];
    const begun = earliest(stages.flatMap(({ attempts }) => attempts[0]?.startedAt ?? []));
    const cell = {
      ...{ code, entity, run: run.id, state: stateOf(run, stages) },
      ...(begun !== undefined && { since: begun }),
      ...{ stagesDone: done.length, stagesTotal: stages.length },
    };
    if (left === undefined) return [cell];
    const open = stages.filter((stage) => !hasEnded(stage));
    const begins = open.map(({ id }) => left.begins.get(id));
    const isMeasured = open.every(({ expectedMs }) => expectedMs !== undefined);
    const endsAt = isMeasured ? latest(open.map((stage) => left.endOf(stage))) : undefined;
    const beginsAt = begun === undefined ? earliestMs(begins) : undefined;
    return [
      {
        ...cell,
        ...(beginsAt !== undefined && { beginsAt: instant(beginsAt) }),
        ...(endsAt !== undefined && { endsAt: instant(endsAt) }),
      },
    ];
  });
}

function stateOf(run: Run, stages: readonly Stage[]): ActiveCell['state'] {
  if (run.state === 'waiting') return 'waiting';
  if (stages.some(({ state }) => state === 'running')) return 'running';
  return stages.some(hasEnded) ? 'begun' : 'pending';
}

function earliest(times: readonly string[]): string | undefined {
  return times.toSorted()[0];
}

function earliestMs(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((at) => at !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** Undefined where one of them is left out, or not known. */
function latest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((at) => at !== undefined);
  return known.length < times.length ? undefined : Math.max(...known);
}

/** To the second. */
const instant = (ms: number) => new Date(Math.ceil(ms / 1000) * 1000).toISOString();

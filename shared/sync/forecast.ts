/** How long a plan, or what is left of one, may take. */

import { hasEnded, type Stage } from './run.ts';
import { neededBy } from './stage-graph.ts';

export interface Forecast {
  /** Milliseconds until the end; null when nothing is known yet. */
  leftMs: number | null;
  /** Stages that no earlier run has measured: they count as nothing. */
  unknownStages: number;
  /** Ids of the stages that the end waits for, one after the other; none when nothing is known. */
  criticalPath: string[];
}

/**
 * Plays what is left with the medians of earlier runs: each server takes its stages in order, a
 * stage waits for what it needs. Waiting for other runs is not in it.
 *
 * @param elapsedMs how long a stage has been running
 */
export function forecast(
  stages: readonly Stage[],
  elapsedMs: (stage: Stage) => number = () => 0,
): Forecast {
  /** When a stage ends, and the stage that it waits for the longest. */
  const played = new Map<string, { ends: number; after: string | undefined }>();
  const lastAt = new Map<string, string>();
  const endOf = (id: string | undefined) => (id === undefined ? 0 : (played.get(id)?.ends ?? 0));
  let last: string | undefined;
  let unknownStages = 0;
  for (const stage of stages) {
    if (hasEnded(stage)) continue;
    if (stage.expectedMs === undefined) unknownStages += 1;
    let after = lastAt.get(stage.server);
    for (const need of neededBy(stage)) if (endOf(need) > endOf(after)) after = need;
    const ends = endOf(after) + Math.max(0, (stage.expectedMs ?? 0) - elapsedMs(stage));
    played.set(stage.id, { ends, after });
    lastAt.set(stage.server, stage.id);
    if (last === undefined || ends > endOf(last)) last = stage.id;
  }
  if (unknownStages === played.size && played.size > 0) {
    return { leftMs: null, unknownStages, criticalPath: [] };
  }
  const criticalPath: string[] = [];
  for (let id = last; id !== undefined; id = played.get(id)?.after) criticalPath.unshift(id);
  return { leftMs: endOf(last), unknownStages, criticalPath };
}

/** What the end of a run waited for, one after the other: looked up in what has happened. */

import type { Stage } from '../../../api/schema.d.ts';
import { timesOf } from './stages-now.ts';

/**
 * From the stage that ended last back: of those that it needed, and of the one before it at its
 * server, the one that ended last.
 *
 * @returns ids of stages; none of a run that has called nothing
 */
export function criticalPath(stages: readonly Stage[]): ReadonlySet<string> {
  const known = new Map(
    stages.flatMap((stage) => {
      const times = timesOf(stage);
      return times?.ended === undefined ? [] : [[stage.id, { stage, ...times }] as const];
    }),
  );
  const byServer = Map.groupBy(known.values(), ({ stage }) => stage.server);
  const latest = (ones: Iterable<{ stage: Stage; begun: number; ended: number | undefined }>) =>
    [...ones].reduce<{ stage: Stage; begun: number; ended: number } | undefined>((last, one) => {
      const { ended = 0 } = one;
      return last === undefined || ended > last.ended ? { ...one, ended } : last;
    }, undefined);
  const path = new Set<string>();
  let at = latest(known.values());
  while (at !== undefined && !path.has(at.stage.id)) {
    const { stage, begun } = at;
    path.add(stage.id);
    const before = [...stage.needs, ...(stage.anyOf ?? [])].flatMap((id) => known.get(id) ?? []);
    const beside = byServer.get(stage.server)?.filter(({ ended = 0 }) => ended <= begun) ?? [];
    at = latest([...before, ...beside].filter((one) => one.stage.id !== stage.id));
  }
  return path;
}

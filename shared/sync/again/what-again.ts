/** What of a run is to be made again, and what its retry may rest on. */

import type { Call } from '../call.ts';
import { concerns } from '../checks/concerns.ts';
import { failing } from '../checks/outcome.ts';
import type { Plan } from '../plan.ts';
import type { Run, Stage } from '../run.ts';
import { neededBy } from '../stage-graph.ts';

/** What other runs have done at the same entities since. */
export interface Touched {
  /** `entity code` of exports. */
  exports: ReadonlySet<string>;
  /** Entities of which anything was exported. */
  entities: ReadonlySet<string>;
}

export function pairOf({ entity, code }: Pick<Stage, 'entity' | 'code'>): string {
  return `${entity} ${code}`;
}

/** The calls of a run; older ones have one. */
export function callsOf({ calls, codes, names, kind, period }: Run): Call[] {
  const one = { codes, names, whole: kind === 'data_source' };
  return calls ?? [{ ...one, ...(period && { periods: [period] }) }];
}

/** Calls without whatever is not about these entities. */
export function callsAbout(calls: readonly Call[], entities: ReadonlySet<string>): Call[] {
  return calls.flatMap((call) => {
    const names = call.names.filter((name) => entities.has(name));
    if (names.length === 0) return [];
    return { ...call, names, whole: call.whole && names.length === call.names.length };
  });
}

/** Entities of which something failed, was skipped, cancelled or interrupted, or a check failed. */
export function openEntities(run: Pick<Run, 'stages' | 'checks'>): Set<string> {
  const open = run.stages.filter(({ state }) => state !== 'succeeded');
  return new Set([...open, ...failing(run)].map(({ entity }) => entity));
}

/**
 * Of a plan what has not succeeded in the run before, or that a check has found wrong; exports that another run has made since, for
 * crude would load something else than the record says; and whatever needs any of these.
 *
 * @param plan of the entities of which anything is open, whole
 * @param touched undefined: anything may be
 */
export function planFromFailure(plan: Plan, before: Run, touched: Touched | undefined): Plan {
  const known = new Map(before.stages.map((stage) => [stage.id, stage]));
  // A retry has only what its own run before had left.
  const isPart = before.retryFrom === 'failure';
  const again = new Set<string>();
  for (const stage of plan.stages) {
    const was = known.get(stage.id);
    const isWrong = was !== undefined && failing(before).some((check) => concerns(check, was));
    const isDone = was === undefined ? isPart : was.state === 'succeeded' && !isWrong;
    const isTouched =
      touched === undefined ||
      (stage.code === undefined
        ? touched.entities.has(stage.entity)
        : touched.exports.has(pairOf(stage)));
    if (!isDone || isTouched || neededBy(stage).some((id) => again.has(id))) again.add(stage.id);
  }
  const stages = plan.stages
    .filter(({ id }) => again.has(id))
    .map((stage) => ({ ...stage, needs: stage.needs.filter((id) => again.has(id)) }));
  const checks = plan.checks.filter((check) => stages.some((stage) => concerns(check, stage)));
  return { ...plan, stages, checks };
}

/** When each export that the retry may rest on was begun: what came later may have undone it. */
export function restsOn(before: Run): (stage: Pick<Stage, 'entity' | 'code'>) => string {
  const { startedAt, createdAt } = before;
  const begun = new Map<string, string>();
  for (const stage of before.stages) {
    const at = stage.attempts.at(-1)?.startedAt;
    if (stage.code === undefined || at === undefined) continue;
    const known = begun.get(pairOf(stage));
    if (known === undefined || at < known) begun.set(pairOf(stage), at);
  }
  return (stage) => begun.get(pairOf(stage)) ?? startedAt ?? createdAt;
}

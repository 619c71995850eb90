/** How long a stage takes in a benchmark. */

import { readDurations, stageShares } from '../demo/billing/durations.ts';
import type { EntityName } from '../demo/billing/entities.ts';

export type Stage = 'export' | 'crude' | 'heap';

/**
 * `noted`: the operators' seconds, split over the stages as in the one log that splits them, by
 * `pace` times faster. A load that serves several sources costs `same` (as much as its most
 * expensive source) or `sum` (as much as all of them). `fixed`: milliseconds a stage.
 */
export type LoadModel =
  | { kind: 'noted'; pace: number; load: 'same' | 'sum' }
  | { kind: 'fixed'; ms: Record<Stage, number> };

const seconds = readDurations();

/** @param codes the sources whose rows the stage moves */
export function stageMs(
  model: LoadModel,
  stage: Stage,
  entity: string,
  codes: readonly string[],
): number {
  if (model.kind === 'fixed') return model.ms[stage];
  const noted = codes.map((code) => seconds(entity as EntityName, code));
  const total =
    model.load === 'same' ? Math.max(0, ...noted) : noted.reduce((sum, one) => sum + one, 0);
  return (total * stageShares[stage] * 1000) / model.pace;
}

/** Whose stages a check is about. */

import { comparePeriods } from '../period.ts';
import type { Stage } from '../run.ts';
import type { Check } from './check.ts';

/**
 * A stage of the entity for its source, or for all sources, in its month, or for all months. What is
 * called for all entities of a run at once is no part of an entity's turn.
 */
export function concerns(
  { entity, code, period }: Pick<Check, 'entity' | 'code' | 'period'>,
  stage: Pick<Stage, 'entity' | 'code' | 'period'>,
): boolean {
  if (stage.entity !== entity || (stage.code !== undefined && stage.code !== code)) return false;
  return !period || !stage.period || comparePeriods(period, stage.period) === 0;
}

/**
 * Groups in place of rows: what is selected and does not say how it adds up is what they are equal in,
 * and so is whatever the API would refuse them without.
 */

import type { HelpDataset } from '../../api/schema.d.ts';
import type { LevelForm } from './form.ts';

/**
 * What must be grouped by: fields without a way to add up, the currency of amounts that are added, and
 * what rows below refer to.
 *
 * @param below datasets below that are asked for
 */
export function neededGroups(
  { fields, groupby = [] }: LevelForm,
  dataset: HelpDataset,
  below: readonly HelpDataset[],
): readonly string[] {
  const selected = fields.flatMap((name) => dataset.fields.find((one) => one.name === name) ?? []);
  const needed = selected.flatMap(({ name, aggregate, currency }) => {
    if (aggregate === undefined) return [name];
    const isAdded = (aggregate === 'sum' || aggregate === 'avg') && !groupby.includes(name);
    return isAdded && currency !== undefined ? [currency] : [];
  });
  return [...new Set([...needed, ...below.flatMap(({ masterfields = [] }) => masterfields)])];
}

/** All that groups are equal in, the chosen ones first; undefined: rows are as they are. */
export function groupsOf(
  level: LevelForm,
  dataset: HelpDataset,
  below: readonly HelpDataset[],
): readonly string[] | undefined {
  if (level.groupby === undefined) return undefined;
  return [...new Set([...level.groupby, ...neededGroups(level, dataset, below)])];
}

/** What is asked for of chosen cells: a call for each entity, with all of its sources. */

import type { AskedCall } from '../../../api/schema.d.ts';
import type { Block, Slot } from './layout.ts';
import { monthOf } from './months.ts';

/** @param month `yyyy-mm`, of what is dated */
export function callsOf(
  blocks: readonly Block[],
  slots: readonly Slot[],
  month: string | undefined,
): AskedCall[] {
  const dated = new Set(
    blocks.flatMap(({ rows }) => rows.flatMap((row) => (row.dated ? row.entity : []))),
  );
  return [...Map.groupBy(slots, ({ entity }) => entity)].map(([name, own]) => ({
    ...{ name, code: own.map(({ code }) => code) },
    ...(dated.has(name) && month !== undefined && monthOf(month)),
  }));
}

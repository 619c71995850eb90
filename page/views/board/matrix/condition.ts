/** How a cell is: of what is known of it, without the time that goes by. */

import type { ActiveCell, Ages, Cell, Cells } from '../../../api/schema.d.ts';
import { keyOf } from './layout.ts';

export type ConditionKind =
  | 'never'
  | 'fresh'
  | 'old'
  | 'differs'
  | 'failed'
  | 'running'
  | 'waiting';

export interface Condition {
  kind: ConditionKind;
  cell: Cell | undefined;
  active: ActiveCell | undefined;
  /** The same text: nothing that is drawn of it is another. */
  signature: string;
}

export interface Known {
  cells: ReadonlyMap<string, Cell>;
  active: ReadonlyMap<string, ActiveCell>;
  /** Keys of what is older than it may be. */
  old: ReadonlySet<string>;
}

export function knownOf(
  cells: Cells | undefined,
  active: readonly ActiveCell[],
  ages: Ages | undefined,
): Known {
  const keyed = <T extends { entity: string; code: string }>(all: readonly T[] = []) =>
    new Map(all.map((one) => [keyOf(one.entity, one.code), one]));
  const old = ages?.ages.filter(({ state }) => state === 'old') ?? [];
  return {
    cells: keyed(cells?.cells),
    // Of several runs that have it the one that is furthest is what somebody waits for.
    active: keyed(active.toSorted((one, other) => rank(one) - rank(other))),
    old: new Set(old.map(({ entity, code }) => keyOf(entity, code))),
  };
}

const rank = ({ state }: ActiveCell) => ['waiting', 'pending', 'begun', 'running'].indexOf(state);

export function conditionOf({ cells, active, old }: Known, key: string): Condition {
  const cell = cells.get(key);
  const now = active.get(key);
  const kind = kindOf(cell, now, old.has(key));
  const parts = [
    ...[kind, cell?.run, cell?.at, cell?.success?.at, cell?.check?.at, cell?.error?.number],
    ...[now?.run, now?.state, now?.since, now?.beginsAt, now?.endsAt, now?.stagesDone],
  ];
  return { kind, cell, active: now, signature: parts.join() };
}

function kindOf(
  cell: Cell | undefined,
  active: ActiveCell | undefined,
  isOld: boolean,
): ConditionKind {
  if (active !== undefined) {
    return active.state === 'running' || active.state === 'begun' ? 'running' : 'waiting';
  }
  if (cell?.state === 'failed') return 'failed';
  if (cell?.check?.state === 'differs') return 'differs';
  if (cell?.success === undefined) return 'never';
  return isOld ? 'old' : 'fresh';
}

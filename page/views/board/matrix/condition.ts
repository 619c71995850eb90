/** How a cell is: of what is known of it, without the time that goes by. */

import type { ActiveCell, Ages, Cell, Cells, Companies } from '../../../api/schema.d.ts';
import { keyOf, type Slot } from './layout.ts';

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
  /** Of a company that is followed, and the entity with it: for how long not all of it is here. */
  behindMs: number | undefined;
  /** The same text: nothing that is drawn of it is another. */
  signature: string;
}

export interface Known {
  cells: ReadonlyMap<string, Cell>;
  active: ReadonlyMap<string, ActiveCell>;
  /** Keys of what is older than it may be. */
  old: ReadonlySet<string>;
  /** By code, those that are followed: what changes there comes without a run. */
  followed: ReadonlyMap<string, Companies['companies'][number]>;
}

export function knownOf(
  cells: Cells | undefined,
  active: readonly ActiveCell[],
  ages: Ages | undefined,
  companies: Companies | undefined,
): Known {
  const keyed = <T extends { entity: string; code: string }>(all: readonly T[] = []) =>
    new Map(all.map((one) => [keyOf(one.entity, one.code), one]));
  const old = ages?.ages.filter(({ state }) => state === 'old') ?? [];
  return {
    cells: keyed(cells?.cells),
    // Of several runs that have it the one that is furthest is what somebody waits for.
    active: keyed(active.toSorted((one, other) => rank(one) - rank(other))),
    old: new Set(old.map(({ entity, code }) => keyOf(entity, code))),
    followed: new Map(
      (companies?.companies ?? [])
        .filter(({ state, paused, closure }) => state === 'following' && !paused && !closure)
        .map((one) => [one.code, one]),
    ),
  };
}

const rank = ({ state }: ActiveCell) => ['waiting', 'pending', 'begun', 'running'].indexOf(state);

export function conditionOf(
  { cells, active, old, followed }: Known,
  { key, entity, code }: Pick<Slot, 'key' | 'entity' | 'code'>,
): Condition {
  const cell = cells.get(key);
  const now = active.get(key);
  const company = followed.get(code);
  const behindMs =
    company === undefined || company.blocked.includes(entity)
      ? undefined
      : company.lag.seconds * 1_000;
  const kind = kindOf(cell, now, { isOld: old.has(key), isFollowed: behindMs !== undefined });
  const parts = [
    ...[kind, cell?.run, cell?.at, cell?.success?.at, cell?.check?.at, cell?.error?.number],
    ...[now?.run, now?.state, now?.since, now?.beginsAt, now?.endsAt, now?.stagesDone],
    behindMs === undefined ? '' : Math.floor(behindMs / 60_000),
  ];
  return { kind, cell, active: now, behindMs, signature: parts.join() };
}

function kindOf(
  cell: Cell | undefined,
  active: ActiveCell | undefined,
  { isOld, isFollowed }: { isOld: boolean; isFollowed: boolean },
): ConditionKind {
  if (active !== undefined) {
    return active.state === 'running' || active.state === 'begun' ? 'running' : 'waiting';
  }
  if (cell?.state === 'failed') return 'failed';
  if (cell?.check?.state === 'differs') return 'differs';
  if (cell?.success === undefined && !isFollowed) return 'never';
  return isOld ? 'old' : 'fresh';
}

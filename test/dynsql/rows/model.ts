/** What `crude.sp_apply_dynsql_rows` does with tables, as a plain model in memory. */

import { DatabaseError } from '../../../shared/database/database-error.ts';
import { RowLoadError } from '../../../shared/dynsql/rows/row-error.ts';
import type {
  KeyedRow,
  LoadedRows,
  RowLoad,
  RowSet,
  RowTarget,
} from '../../../shared/dynsql/rows/row-types.ts';
import type { StoredRow } from './apply-target.ts';

interface ModelRow {
  key: string;
  occurrence: number;
  payload: string | null;
  seenBy: string;
}

interface ModelSet {
  newest?: RowLoad;
  lastBatch: number;
  isFinished: boolean;
  counts: LoadedRows;
  rows: ModelRow[];
}

export interface ModelRows extends Pick<RowTarget, 'apply'> {
  stored(set: RowSet): Omit<StoredRow, 'updatedAt'>[];
}

const missing = (message: string) => new DatabaseError(message, 'permanent', { number: 50606 });

export function modelRows(): ModelRows {
  const sets = new Map<string, ModelSet>();
  const setOf = ({ source, entity, period }: RowSet): ModelSet => {
    const name = JSON.stringify([source, entity, period]);
    const none = { created: 0, updated: 0, deleted: 0 };
    const found = sets.get(name) ?? { lastBatch: 0, isFinished: false, counts: none, rows: [] };
    sets.set(name, found);
    return found;
  };
  return {
    async apply(load, batch) {
      const set = setOf(load);
      const { newest } = set;
      const isSame = newest?.id === load.id;
      const age = (one: RowLoad) => `${one.startedAt} ${one.id}`;
      if (newest && !isSame && age(load) < age(newest)) throw new RowLoadError('superseded', '');
      if (isSame && batch.number <= set.lastBatch) return { ...set.counts };
      if (isSame && set.isFinished) throw missing('complete');
      if (batch.number !== (isSame ? set.lastBatch : 0) + 1) throw missing('a batch is missing');
      if (!isSame) set.counts = { created: 0, updated: 0, deleted: 0 };
      set.newest = load;
      set.lastBatch = batch.number;
      set.isFinished = batch.isLast;
      const before = set.rows.filter(({ seenBy }) => seenBy === load.id);
      const countOf = (key: string) => before.filter((row) => row.key === key).length;
      for (const row of batch.rows) put(set, row, countOf(row.key) + row.nth, load.id);
      for (const row of set.rows) {
        if (!batch.isLast || row.seenBy === load.id || row.payload === null) continue;
        row.payload = null;
        set.counts.deleted += 1;
      }
      return { ...set.counts };
    },
    stored: (which) =>
      setOf(which)
        .rows.map(({ key, occurrence, payload }) => ({
          key,
          occurrence,
          deleted: payload === null,
          payload: payload === null ? null : JSON.parse(payload),
        }))
        .sort((a, b) => a.key.localeCompare(b.key) || a.occurrence - b.occurrence),
  };
}

function put(set: ModelSet, { key, payload }: KeyedRow, occurrence: number, seenBy: string): void {
  const row = set.rows.find((one) => one.key === key && one.occurrence === occurrence);
  if (row === undefined) set.rows.push({ key, occurrence, payload, seenBy });
  if (row === undefined || row.payload === null) set.counts.created += 1;
  else if (row.payload !== payload) set.counts.updated += 1;
  if (row !== undefined) Object.assign(row, { payload, seenBy });
}

/** The rows of dynsql on the stand-in always, and on SQLSERVER_URL when given. */

import type { RowSet, RowTarget } from '../../../shared/dynsql/rows/row-types.ts';
import { sqlRows } from '../../../shared/dynsql/rows/sql-rows.ts';
import { type AggregateBase, startAggregateBases } from '../../support/aggregate-bases.ts';

/** One row of `crude.dynsql_row`. */
export interface StoredRow {
  key: string;
  occurrence: number;
  deleted: boolean;
  payload: unknown;
  /** ISO 8601 */
  updatedAt: string;
}

export interface Target {
  base: AggregateBase;
  rows: RowTarget;
  stored(set: RowSet): Promise<StoredRow[]>;
  /** Of `crude.dynsql_load`. */
  load(set: RowSet): Promise<Record<string, unknown> | undefined>;
}

export const procedure = { schema: 'crude', name: 'sp_apply_dynsql_rows' };

export async function startTargets(): Promise<Target[]> {
  return (await startAggregateBases()).map(targetOf);
}

const of = ({ source, entity, period }: RowSet) =>
  `WHERE source = N'${source}' AND entity = N'${entity}' AND period = '${period}'`;

function targetOf(base: AggregateBase): Target {
  return {
    base,
    rows: sqlRows(base.databases, { database: 'ab', procedure }),
    async stored(set) {
      const rows = await base.query(
        `SELECT row_key, occurrence, deleted, payload, updated_at FROM crude.dynsql_row ${of(set)} ORDER BY row_key, occurrence`,
      );
      return rows.map((row) => ({
        key: String(row['row_key']),
        occurrence: Number(row['occurrence']),
        deleted: row['deleted'] as boolean,
        payload: row['payload'] === null ? null : JSON.parse(String(row['payload'])),
        updatedAt: String(row['updated_at']),
      }));
    },
    async load(set) {
      const [row] = await base.query(`SELECT * FROM crude.dynsql_load ${of(set)}`);
      return row;
    },
  };
}

let sets = 0;
/** A set of the test's own: a database may have been used before. */
export const newSet = (more: Partial<RowSet> = {}): RowSet => ({
  source: `test-${Date.now().toString(36)}-${++sets}`,
  entity: 'countries',
  period: '',
  definition: '01B4XCTHYNDL3C5P00CA141B44',
  ...more,
});

/** What writing FlexiBee's records and journal costs at the least: bulk loads into their own tables. */

import sql from 'mssql';
import { parseAddress } from '../shared/database/address.ts';
import type { Change, FlexibeeRecord } from '../shared/flexibee/types.ts';

export interface RecordBatch {
  evidence: string;
  records: readonly FlexibeeRecord[];
}

interface BulkTable {
  name: string;
  columns: readonly [name: string, type: sql.ISqlType | (() => sql.ISqlType), nullable?: true][];
  key: readonly string[];
}

/** As `crude.flexibee_record`, without its index for readers. */
const records: BulkTable = {
  name: 'dbo.flexibee_bulk_record',
  columns: [
    ['company', sql.NVarChar(64)],
    ['evidence', sql.NVarChar(64)],
    ['record_id', sql.BigInt],
    ['code', sql.NVarChar(255), true],
    ['external_ids', sql.NVarChar(sql.MAX)],
    ['generation', sql.Int],
    ['version', sql.BigInt],
    ['read_at', sql.DateTime2(3)],
    ['deleted', sql.Bit],
    ['payload', sql.NVarChar(sql.MAX), true],
    ['created_at', sql.DateTime2(3)],
    ['updated_at', sql.DateTime2(3)],
  ],
  key: ['company', 'evidence', 'record_id'],
};

/** As `crude.flexibee_change`. */
const changes: BulkTable = {
  name: 'dbo.flexibee_bulk_change',
  columns: [
    ['company', sql.NVarChar(64)],
    ['generation', sql.Int],
    ['version', sql.BigInt],
    ['evidence', sql.NVarChar(64)],
    ['record_id', sql.BigInt],
    ['operation', sql.VarChar(6)],
    ['changed_at', sql.DateTime2(6), true],
    ['external_ids', sql.NVarChar(sql.MAX)],
    ['read_at', sql.DateTime2(3)],
  ],
  key: ['company', 'generation', 'version'],
};

/**
 * Loads the rows that the mirror would write, with the driver's bulk load over one connection, in
 * the batches given, because the driver holds a whole load in memory.
 *
 * @param connectionString of an aggregate base, as in SQL_AB
 * @returns milliseconds, from the first record to the last answer; making JSON of payloads included,
 *   which the mirror has to do as well
 */
export function bulkInsertRecords(
  connectionString: string,
  company: string,
  batches: readonly RecordBatch[],
): Promise<number> {
  const now = new Date();
  return bulkInsert(connectionString, records, batches, (batch) =>
    batch.records.map(({ id, code, externalIds, payload }) => [
      company,
      batch.evidence,
      Number(id),
      code ?? null,
      JSON.stringify(externalIds),
      1,
      1,
      now,
      false,
      JSON.stringify(payload),
      now,
      now,
    ]),
  );
}

/** The same for the journal, a thousand changes at a time. */
export function bulkInsertChanges(
  connectionString: string,
  company: string,
  all: readonly Change[],
): Promise<number> {
  const now = new Date();
  const batches = Array.from({ length: Math.ceil(all.length / 1000) }, (_, index) =>
    all.slice(index * 1000, index * 1000 + 1000),
  );
  return bulkInsert(connectionString, changes, batches, (batch) =>
    batch.map(({ version, evidence, id, operation, at, externalIds }) => [
      company,
      1,
      version,
      evidence,
      Number(id),
      operation,
      at === undefined ? null : new Date(`${at.replace(' ', 'T')}Z`),
      JSON.stringify(externalIds),
      now,
    ]),
  );
}

type Value = string | number | boolean | Date | null;

/** The table is made anew and dropped at the end. */
async function bulkInsert<Batch>(
  connectionString: string,
  { name, columns, key }: BulkTable,
  batches: readonly Batch[],
  rowsOf: (batch: Batch) => Value[][],
): Promise<number> {
  const { config } = parseAddress(connectionString);
  const pool = new sql.ConnectionPool({ ...config, requestTimeout: 0, pool: { min: 1, max: 1 } });
  await pool.connect();
  const newLoad = () => {
    const load = new sql.Table(name);
    for (const [column, type, nullable = false] of columns) {
      load.columns.add(column, type, { nullable, primary: key.includes(column) });
    }
    return load;
  };
  try {
    await pool.batch(`DROP TABLE IF EXISTS ${name};`);
    let milliseconds = 0;
    let isNew = true;
    for (const batch of batches) {
      const start = performance.now();
      const load = newLoad();
      load.create = isNew;
      for (const row of rowsOf(batch)) load.rows.add(...row);
      if (load.rows.length === 0) continue;
      await pool.request().bulk(load);
      isNew = false;
      milliseconds += performance.now() - start;
    }
    await pool.batch(`DROP TABLE IF EXISTS ${name};`);
    return milliseconds;
  } finally {
    await pool.close();
  }
}

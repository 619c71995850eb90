/** What writing FlexiBee's records costs at the least: one bulk load into a table of its own. */

import sql from 'mssql';
import { parseAddress } from '../shared/database/address.ts';
import type { FlexibeeRecord } from '../shared/flexibee/types.ts';

export interface RecordBatch {
  evidence: string;
  records: readonly FlexibeeRecord[];
}

/** As `crude.flexibee_record`, without its index for readers. */
const table = `DROP TABLE IF EXISTS dbo.flexibee_bulk;
CREATE TABLE dbo.flexibee_bulk (
  company nvarchar(64) NOT NULL, evidence nvarchar(64) NOT NULL, record_id bigint NOT NULL,
  code nvarchar(255) NULL, external_ids nvarchar(max) NOT NULL, generation int NOT NULL,
  version bigint NOT NULL, read_at datetime2(3) NOT NULL, deleted bit NOT NULL,
  payload nvarchar(max) NULL, created_at datetime2(3) NOT NULL, updated_at datetime2(3) NOT NULL,
  PRIMARY KEY (company, evidence, record_id)
);`;

/**
 * Loads the rows that the mirror would write, with the driver's bulk load over one connection: one
 * load a batch, because the driver holds a whole load in memory. The table is made anew and dropped
 * at the end.
 *
 * @param connectionString of an aggregate base, as in SQL_AB
 * @returns milliseconds, from the first record to the last answer; making JSON of payloads included,
 *   which the mirror has to do as well
 */
export async function bulkInsertRecords(
  connectionString: string,
  company: string,
  batches: Iterable<RecordBatch> | AsyncIterable<RecordBatch>,
): Promise<number> {
  const { config } = parseAddress(connectionString);
  const pool = new sql.ConnectionPool({ ...config, requestTimeout: 0, pool: { min: 1, max: 1 } });
  await pool.connect();
  try {
    await pool.batch(table);
    let milliseconds = 0;
    for await (const { evidence, records } of batches) {
      const start = performance.now();
      if (records.length > 0) await pool.request().bulk(rowsOf(company, evidence, records));
      milliseconds += performance.now() - start;
    }
    await pool.batch('DROP TABLE dbo.flexibee_bulk;');
    return milliseconds;
  } finally {
    await pool.close();
  }
}

function rowsOf(company: string, evidence: string, records: readonly FlexibeeRecord[]): sql.Table {
  const rows = new sql.Table('dbo.flexibee_bulk');
  const columns: [string, sql.ISqlType | (() => sql.ISqlType), boolean?][] = [
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
  ];
  for (const [name, type, nullable = false] of columns) rows.columns.add(name, type, { nullable });
  const now = new Date();
  for (const { id, code, externalIds, payload } of records) {
    const json = [JSON.stringify(externalIds), JSON.stringify(payload)] as const;
    rows.rows.add(
      company,
      evidence,
      Number(id),
      code ?? null,
      json[0],
      1,
      1,
      now,
      false,
      json[1],
      now,
      now,
    );
  }
  return rows;
}

/** Typed tables in the benchmarks: a company's, and what a bulk load of the same rows costs. */

import sql from 'mssql';
import { parseAddress } from '../../shared/database/address.ts';
import type { Databases } from '../../shared/database/databases.ts';
import type { FlexibeeCompany } from '../../shared/flexibee/client.ts';
import { sqlTypedBase } from '../../shared/flexibee/typed/base.ts';
import { TypedTables } from '../../shared/flexibee/typed/tables.ts';

const never = new AbortController().signal;

export function benchTables(
  company: string,
  evidences: readonly string[],
  source: FlexibeeCompany,
  databases: Databases,
): TypedTables {
  return new TypedTables({
    company,
    evidences,
    properties: source.properties.bind(source),
    base: sqlTypedBase(databases, 'ab'),
    now: () => new Date(),
    log: (text) => console.log(text),
  });
}

interface Column {
  name: string;
  type: string;
  length: number | null;
  digits: number | null;
  decimals: number | null;
}

function driverType({ type, length, digits, decimals }: Column): sql.ISqlType {
  if (type === 'bigint') return sql.BigInt();
  if (type === 'int') return sql.Int();
  if (type === 'bit') return sql.Bit();
  if (type === 'date') return sql.Date();
  if (type === 'decimal') return sql.Decimal(digits ?? 18, decimals ?? 0);
  if (type === 'datetime2') return sql.DateTime2(3);
  if (type === 'datetimeoffset') return sql.DateTimeOffset(7);
  return sql.NVarChar(length === null || length < 0 ? sql.MAX : length);
}

const isMoment = ({ type }: Column) => type.startsWith('date');

/**
 * Loads the company's typed rows into tables of the same columns and key, a thousand at a time.
 *
 * @returns milliseconds of the loads alone
 */
export async function bulkInsertTyped(
  connectionString: string,
  databases: Databases,
  company: string,
  evidences: readonly string[],
): Promise<number> {
  const { config } = parseAddress(connectionString);
  const pool = new sql.ConnectionPool({ ...config, requestTimeout: 0, pool: { min: 1, max: 1 } });
  await pool.connect();
  let ms = 0;
  try {
    for (const evidence of evidences) {
      const name = evidence.replaceAll('-', '_');
      const columns = (await databases.query(
        'ab',
        `SELECT COLUMN_NAME AS name, DATA_TYPE AS type, CHARACTER_MAXIMUM_LENGTH AS length,
NUMERIC_PRECISION AS digits, NUMERIC_SCALE AS decimals FROM INFORMATION_SCHEMA.COLUMNS
WHERE TABLE_SCHEMA = N'flexi' AND TABLE_NAME = N'${name}' ORDER BY ORDINAL_POSITION`,
        [],
        never,
      )) as unknown as Column[];
      const own = `dbo.flexibee_bulk_${name}`;
      await pool.batch(`DROP TABLE IF EXISTS ${own};`);
      for (let after = 0, isNew = true; ; isNew = false) {
        const rows = await databases.query(
          'ab',
          `SELECT TOP (1000) * FROM flexi.[${name}] WHERE company = N'${company}' AND id > ${after} ORDER BY id`,
          [],
          never,
        );
        if (rows.length === 0) break;
        after = Number(rows.at(-1)?.['id']);
        const begun = performance.now();
        const load = new sql.Table(own);
        load.create = isNew;
        for (const column of columns) {
          const primary = column.name === 'company' || column.name === 'id';
          load.columns.add(column.name, driverType(column), { nullable: !primary, primary });
        }
        for (const row of rows)
          load.rows.add(
            ...columns.map((column) => {
              const value = row[column.name] as string | number | boolean | null;
              return value !== null && isMoment(column) ? new Date(String(value)) : value;
            }),
          );
        await pool.request().bulk(load);
        ms += performance.now() - begun;
      }
      await pool.batch(`DROP TABLE IF EXISTS ${own};`);
    }
    return ms;
  } finally {
    await pool.close();
  }
}

/** The live rows of a source database as the driver's bulk tables. */

import sql from 'mssql';
import { columnsOf, type EntityName, entities, type Value } from './entities.ts';
import { seedSource } from './seed/index.ts';
import type { Insert } from './seed/insert.ts';
import { entitiesIn, type SourceDatabase } from './sources.ts';
import { areaColumn, liveTable } from './tables.ts';

/** The driver's type of a declared one, and its form of a value. */
function driverColumn(declared: string): {
  type: sql.ISqlType;
  nullable: boolean;
  convert(value: string | number): string | number | Date;
} {
  const nullable = declared.endsWith(' NULL');
  const [, name = '', first, second] =
    /^(\w+)(?:\((\d+)(?:, (\d+))?\))?/.exec(declared.replace(' NULL', '')) ?? [];
  const same = (value: string | number) => value;
  const column = (
    type: sql.ISqlType,
    convert: (value: string | number) => string | number | Date = same,
  ) => ({
    type,
    nullable,
    convert,
  });
  switch (name) {
    case 'tinyint':
      return column(sql.TinyInt());
    case 'smallint':
      return column(sql.SmallInt());
    case 'int':
      return column(sql.Int());
    case 'bigint':
      return column(sql.BigInt());
    case 'char':
      return column(sql.Char(Number(first)));
    case 'varchar':
      return column(sql.VarChar(Number(first)));
    case 'nvarchar':
      return column(sql.NVarChar(Number(first)));
    case 'date':
      return column(sql.Date(), (value) => new Date(`${value}T00:00:00Z`));
    case 'decimal':
      // At most 12 digits: exact as a number.
      return column(sql.Decimal(Number(first), Number(second)), Number);
    default:
      throw new RangeError(`columns: no bulk type for '${declared}'`);
  }
}

/** One table an entity, with every live row of `source` when all sources have about `accounts`. */
export function bulkTables(source: SourceDatabase, accounts: number): sql.Table[] {
  const writers = new Map(
    entitiesIn(source.system).map((name) => [name, bulkTable(name, source)] as const),
  );
  const insertOf =
    (code: string): Insert =>
    (name, row) =>
      writers.get(name)?.add(code, row);
  seedSource(insertOf, source, accounts);
  return [...writers.values()].map(({ table }) => table).filter(({ rows }) => rows.length > 0);
}

function bulkTable(name: EntityName, { system }: SourceDatabase) {
  const table = new sql.Table(liveTable(name));
  const area = areaColumn(name, system);
  const declared: Record<string, string> = entities[name].columns;
  const columns = columnsOf(name).map((column) => ({
    column,
    ...driverColumn(declared[column] ?? ''),
  }));
  if (area) table.columns.add(area, sql.VarChar(4), { nullable: false });
  for (const { column, type, nullable } of columns) table.columns.add(column, type, { nullable });
  return {
    table,
    add(code: string, row: Record<string, Value>) {
      const values = columns.map(({ column, convert }) => {
        const value = row[column] ?? null;
        return value === null ? null : convert(value);
      });
      table.rows.add(...(area ? [code] : []), ...values);
    },
  };
}

/** Is the aggregate base's heap what the source says? */

import type { DatabaseSync } from 'node:sqlite';
import type sql from 'mssql';
import { columnsOf, type EntityName, entityOf, fullKeyOf } from '../../demo/billing/entities.ts';
import {
  aggregateBase,
  allAreas,
  databaseOf,
  dataSources,
  entitiesIn,
} from '../../demo/billing/sources.ts';
import { areaColumn, crudeTable, heapTable, liveTable } from '../../demo/billing/tables.ts';
import { bracketed, list } from '../../demo/billing/tsql/text.ts';

export interface Difference {
  entity: EntityName;
  /** `missing`: only in the source; `extra`: only in the heap. */
  kind: 'missing' | 'extra' | 'different';
  key: string;
}

export type Read = (database: string, query: string) => Promise<Record<string, unknown>[]>;

/** A value as text: days without their time, whether or not the product reads for the driver. */
function textOf(value: unknown): string | null {
  if (value === null) return null;
  return value instanceof Date ? value.toISOString().slice(0, 10) : String(value);
}

export const rowText = (values: readonly unknown[]) => JSON.stringify(values.map(textOf));

export function readThrough(pools: ReadonlyMap<string, sql.ConnectionPool>): Read {
  return async (database, query) => {
    const result = await pools.get(database)?.request().query(query);
    return result?.recordset ?? [];
  };
}

/** Past the server, in what the stand-in keeps: its tables are named `schema.table`. */
export function readFiles(server: { database(name: string): DatabaseSync }): Read {
  return async (database, query) =>
    server.database(database).prepare(query.replaceAll('].[', '.')).all();
}

async function readRows(read: Read, database: string, name: EntityName, query: string) {
  const rows = await read(database, query);
  return new Map(
    rows.map((row) => [
      rowText(fullKeyOf(name).map((column) => row[column])),
      rowText(columnsOf(name).map((column) => row[column])),
    ]),
  );
}

const where = (conditions: (string | false)[]) => {
  const held = conditions.filter((condition) => condition !== false);
  return held.length > 0 ? ` WHERE ${held.join(' AND ')}` : '';
};

/** Where rows of a source come to on their way. */
export type Place = 'crude' | 'heap';

function liveQuery(name: EntityName, code: string, period: string) {
  const { system, name: database } = databaseOf(code);
  const area = areaColumn(name, system);
  const query = `SELECT ${list(columnsOf(name), 't')} FROM ${bracketed(liveTable(name))} AS t${where(
    [
      area !== undefined && `t.${bracketed(area)} = '${code}'`,
      entityOf(name).dated && `t.[period] = '${period}'`,
    ],
  )}`;
  return { database, query };
}

function placeQuery(place: Place, name: EntityName, code: string, period: string) {
  const { dated, hcs, heapSource } = entityOf(name);
  const owner = databaseOf(code).system === 'HCS' && hcs === 'all' ? allAreas : code;
  const id = dataSources.find((source) => source.code === owner)?.id ?? 0;
  const columns = list(columnsOf(name), 't');
  const inPeriod = dated && `t.[period] = '${period}'`;
  if (place === 'crude') {
    const own = where([`t.[datasource_id] = ${id}`, 't.[is_deleted] = 0', inPeriod]);
    return `SELECT ${columns} FROM ${bracketed(crudeTable(name))} AS t${own}`;
  }
  const join =
    heapSource === 'personal_account'
      ? ' JOIN [heap].[personal_account] AS a ON a.[personal_account_id] = t.[personal_account_id]'
      : '';
  return `SELECT ${columns} FROM ${bracketed(heapTable(name))} AS t${join}${where([
    heapSource !== 'none' && `${join ? 'a' : 't'}.[datasource_id] = ${id}`,
    inPeriod,
  ])}`;
}

/** The rows of one entity by their keys: in the source, in crude and in heap. */
export async function rowsOf(read: Read, name: EntityName, code: string, period: string) {
  const { database, query } = liveQuery(name, code, period);
  const inPlace = (place: Place) =>
    readRows(read, aggregateBase.name, name, placeQuery(place, name, code, period));
  return {
    source: await readRows(read, database, name, query),
    crude: await inPlace('crude'),
    heap: await inPlace('heap'),
  };
}

async function compareEntity(
  read: Read,
  name: EntityName,
  code: string,
  period: string,
): Promise<Difference[]> {
  const { source, heap } = await rowsOf(read, name, code, period);
  const differences: Difference[] = [];
  for (const [key, row] of source) {
    const found = heap.get(key);
    if (found === undefined) differences.push({ entity: name, kind: 'missing', key });
    else if (found !== row) differences.push({ entity: name, kind: 'different', key });
  }
  for (const key of heap.keys()) {
    if (!source.has(key)) differences.push({ entity: name, kind: 'extra', key });
  }
  return differences;
}

/**
 * Compares every entity of a data source, in HCS also those it exports for all areas at once, with
 * AB's heap; dated ones for the month given (`2019-07-01`). Empty when they are equal.
 *
 * @param names limits it to some entities
 * @throws RangeError for an unknown code
 */
export async function compareHeapWithSource(
  read: Read,
  code: string,
  period: string,
  names: readonly EntityName[] = entitiesIn(databaseOf(code).system),
): Promise<Difference[]> {
  const differences: Difference[] = [];
  for (const name of names) {
    if (code === allAreas && entityOf(name).hcs !== 'all') continue;
    differences.push(...(await compareEntity(read, name, code, period)));
  }
  return differences;
}

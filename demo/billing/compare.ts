/** Is the aggregate base's heap what the source says? For tests. */

import type { DatabaseSync } from 'node:sqlite';
import { columnsOf, type EntityName, entityOf, fullKeyOf } from './entities.ts';
import { aggregateBase, allAreas, databaseOf, dataSources, entitiesIn } from './sources.ts';
import { list, prepare, quoted } from './sqlite.ts';
import { areaColumn, heapTable, liveTable } from './tables.ts';

export interface Difference {
  entity: EntityName;
  /** `missing`: only in the source; `extra`: only in the heap. */
  kind: 'missing' | 'extra' | 'different';
  key: string;
}

type Rows = Map<string, string>;

function readRows(
  database: DatabaseSync,
  name: EntityName,
  sql: string,
  parameters: Record<string, string | number>,
): Rows {
  const key = fullKeyOf(name);
  const rows = prepare(database, sql).all(parameters);
  return new Map(
    rows.map((row) => [
      JSON.stringify(key.map((column) => row[column])),
      JSON.stringify(columnsOf(name).map((column) => row[column])),
    ]),
  );
}

/** Rows of one source in heap, by the way its table knows them. */
function heapQuery(name: EntityName): string {
  const { dated, heapSource } = entityOf(name);
  const heap = `SELECT ${list(columnsOf(name), 'h')} FROM ${quoted(heapTable(name))} AS h`;
  const period = dated ? ' AND h."period" = :period' : '';
  if (heapSource === 'none') return heap;
  if (heapSource === 'datasource_id') return `${heap} WHERE h."datasource_id" = :id${period}`;
  return `${heap} JOIN "heap.personal_account" AS a
    ON a."personal_account_id" = h."personal_account_id" WHERE a."datasource_id" = :id${period}`;
}

function compareEntity(
  server: { database(name: string): DatabaseSync },
  name: EntityName,
  code: string,
  period: string,
): Difference[] {
  const { system, name: databaseName } = databaseOf(code);
  const { dated, hcs } = entityOf(name);
  const area = areaColumn(name, system);
  const owner = system === 'HCS' && hcs === 'all' ? allAreas : code;
  const id = dataSources.find((source) => source.code === owner)?.id ?? 0;
  const conditions = [
    'TRUE',
    ...(area ? [`${quoted(area)} = :code`] : []),
    ...(dated ? ['"period" = :period'] : []),
  ];
  const parameters = { code, period, id };
  const live = readRows(
    server.database(databaseName),
    name,
    `SELECT ${list(columnsOf(name))} FROM ${quoted(liveTable(name))} WHERE ${conditions.join(' AND ')}`,
    parameters,
  );
  const heap = readRows(server.database(aggregateBase.name), name, heapQuery(name), parameters);

  const differences: Difference[] = [];
  for (const [key, row] of live) {
    const found = heap.get(key);
    if (found === undefined) differences.push({ entity: name, kind: 'missing', key });
    else if (found !== row) differences.push({ entity: name, kind: 'different', key });
  }
  for (const key of heap.keys()) {
    if (!live.has(key)) differences.push({ entity: name, kind: 'extra', key });
  }
  return differences;
}

/**
 * Compares every entity of a data source, in HCS also those it exports for all areas at once, with
 * AB's heap; dated ones for the month given (`2019-07-01`). Empty when they are equal.
 * `names` limits it to some entities. An unknown code is a RangeError.
 */
export function compareHeapWithSource(
  server: { database(name: string): DatabaseSync },
  code: string,
  period: string,
  names: readonly EntityName[] = entitiesIn(databaseOf(code).system),
): Difference[] {
  return names
    .filter((name) => code !== allAreas || entityOf(name).hcs === 'all')
    .flatMap((name) => compareEntity(server, name, code, period));
}

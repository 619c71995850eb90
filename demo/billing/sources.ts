/** The data sources of the demo, their databases and servers, and how big each one is. */

import { type EntityName, entityNames, entityOf } from './entities.ts';

export type System = 'HCS' | 'STEK';

export interface SourceDatabase {
  name: string;
  /** The unit of the product's locks. */
  server: string;
  system: System;
  /** Codes of the data sources inside; HCS has `all` besides. */
  codes: readonly string[];
}

export const sourceDatabases: readonly SourceDatabase[] = [
  {
    name: 'HCS',
    server: 'dcdb',
    system: 'HCS',
    codes: ['0c01', '0c05', '0c06', '0c08', '0c10', '0c20', '0c21', '0c23', '0t10', '1c10', '2c10'],
  },
  { name: 'STEK', server: 'server', system: 'STEK', codes: ['stek'] },
  { name: 'STEK_REGION', server: 'server', system: 'STEK', codes: ['region'] },
  { name: 'STEK_MO', server: 'sql01comfort', system: 'STEK', codes: ['mo'] },
  { name: 'STEK_ZAGSER', server: 'sql01comfort', system: 'STEK', codes: ['zagser'] },
];

export const aggregateBase = { name: 'AB', server: 'ab' } as const;

/** The code of what HCS exports for all its areas at once. */
export const allAreas = 'all';

/** Months with data, as the first day of each. */
export const periods = ['2019-06-01', '2019-07-01', '2019-08-01'] as const;

/** Personal accounts over all sources unless asked otherwise. */
export const defaultAccounts = 20_000;

/**
 * Personal accounts of each data source out of `defaultAccounts`. Believable, not measured: the
 * order follows how long the operators' syncs took (mo longest, then stek and 0t10).
 */
const accountsOf: Readonly<Record<string, number>> = {
  '0c01': 1100,
  '0c05': 700,
  '0c06': 600,
  '0c08': 900,
  '0c10': 2000,
  '0c20': 1100,
  '0c21': 1000,
  '0c23': 500,
  '0t10': 1900,
  '1c10': 300,
  '2c10': 600,
  stek: 2800,
  region: 1500,
  mo: 4000,
  zagser: 1000,
};

/** Every code that holds accounts, in a fixed order. */
export const accountCodes: readonly string[] = Object.keys(accountsOf);

/** How many accounts `code` has when all sources together have about `total`; at least 3. */
export function accountCount(code: string, total: number): number {
  return Math.max(3, Math.round(((accountsOf[code] ?? 0) * total) / defaultAccounts));
}

/** All rows of `heap.list_datasource`: every code and `all`, numbered from 1. */
export const dataSources: readonly { id: number; code: string; database: string }[] =
  sourceDatabases
    .flatMap(({ name, system, codes }) =>
      [...codes, ...(system === 'HCS' ? [allAreas] : [])].map((code) => ({ code, database: name })),
    )
    .map((source, index) => ({ id: index + 1, ...source }));

/** The source database that holds `code`; an unknown code is a RangeError. */
export function databaseOf(code: string): SourceDatabase {
  const name = dataSources.find((source) => source.code === code)?.database;
  const database = sourceDatabases.find((candidate) => candidate.name === name);
  if (!database) {
    throw new RangeError(
      `code: unknown data source '${code}', expected one of ${dataSources.map((s) => s.code).join(', ')}`,
    );
  }
  return database;
}

/** The entities that databases of a system hold, in sync order. */
export function entitiesIn(system: System): EntityName[] {
  return system === 'HCS' ? entityNames : entityNames.filter((name) => entityOf(name).stek);
}

/** The databases that an entity is exported from. */
export function databasesOf(name: EntityName): SourceDatabase[] {
  return sourceDatabases.filter(({ system }) => system === 'HCS' || entityOf(name).stek);
}

/** The codes that a database exports an entity under: its own, or `all`. */
export function exportCodes(name: EntityName, database: SourceDatabase): readonly string[] {
  return database.system === 'HCS' && entityOf(name).hcs === 'all' ? [allAreas] : database.codes;
}

/** Where each entity's rows live, as T-SQL definitions and as the stand-in names the tables. */

import { countryTables } from './countries.ts';
import { columnsOf, type EntityName, entityNames, entityOf, fullKeyOf } from './entities.ts';
import { entities } from './entity-table.ts';
import { entitiesIn, type System } from './sources.ts';

/** `heap` has no `date_load`, and neither have these in `crude`. */
const withoutDateLoad: readonly EntityName[] = ['city', 'personal_account'];

/** The live rows of a source database. */
export const liveTable = (name: EntityName) => `dbo.${name}`;

/** Exported rows, one a key: the newest version of each, with a mark on what was deleted. */
export function outboxTable(name: EntityName, system: System): string {
  if (system === 'STEK') return `prep.${name}`;
  return `heap.${name === 'bank_code' ? 'bank_dictionary' : name}`;
}

export const crudeTable = (name: EntityName) => `crude.${name}`;

export const heapTable = (name: EntityName) =>
  `${name === 'personal_saldo' ? 'test' : 'heap'}.${name}`;

/** The column of live HCS rows that says whose they are; undefined where nothing has to. */
export function areaColumn(name: EntityName, system: System): 'area' | undefined {
  return system === 'HCS' && entityOf(name).hcs === 'per code' ? 'area' : undefined;
}

/** The column of exported rows that says whose they are: HCS only. */
export function sectionColumn(system: System): 'bill_datasource_section' | undefined {
  return system === 'HCS' ? 'bill_datasource_section' : undefined;
}

export const hasDateLoad = (name: EntityName) => !withoutDateLoad.includes(name);

/** What makes a row of `crude` unique. */
export const crudeKey = (name: EntityName) => ['datasource_id', ...fullKeyOf(name)];

/** What makes a row of `heap` unique. */
export const heapKey = (name: EntityName) =>
  entityOf(name).heapSource === 'datasource_id' ? crudeKey(name) : fullKeyOf(name);

/** The data columns of a heap row, without its `date_modification`. */
export const heapColumns = (name: EntityName) =>
  entityOf(name).heapSource === 'datasource_id'
    ? ['datasource_id', ...columnsOf(name)]
    : columnsOf(name);

type Columns = Record<string, string>;

function createTable(table: string, columns: Columns, key: string[]): string {
  const lines = Object.entries(columns).map(
    ([column, type]) => `  [${column}] ${type}${type.endsWith(' NULL') ? '' : ' NOT NULL'}`,
  );
  lines.push(`  PRIMARY KEY (${key.map((column) => `[${column}]`).join(', ')})`);
  return `CREATE TABLE ${bracketed(table)} (\n${lines.join(',\n')}\n);\n`;
}

function createIndex(table: string, ...columns: string[]): string {
  const index = `ix_${[table.replace('.', '_'), ...columns].join('_')}`;
  return `CREATE INDEX [${index}] ON ${bracketed(table)} (${columns.map((column) => `[${column}]`).join(', ')});\n`;
}

const bracketed = (table: string) => `[${table.replace('.', '].[')}]`;

/** Key of a live or exported row. Scope first (whose, when), so that one export reads one range of the primary key. */
export function sourceKey(name: EntityName, owner: string | undefined): string[] {
  const { dated, key } = entityOf(name);
  return [...(owner ? [owner] : []), ...(dated ? ['period'] : []), ...key];
}

function sourceTables(name: EntityName, system: System): string {
  const columns: Columns = entities[name].columns;
  const area = areaColumn(name, system);
  const section = sectionColumn(system);
  const outbox = outboxTable(name, system);
  return [
    createTable(
      liveTable(name),
      { ...(area && { [area]: 'varchar(4)' }), ...columns },
      sourceKey(name, area),
    ),
    createTable(
      outbox,
      {
        ...(section && { [section]: 'varchar(4)' }),
        ...columns,
        is_deleted: 'bit',
        date_modification: 'datetime2(3)',
        export_sequence: 'bigint',
      },
      sourceKey(name, section),
    ),
    createIndex(outbox, 'export_sequence'),
    // For freshness: of one area, and of all.
    ...(section ? [createIndex(outbox, section, 'date_modification')] : []),
    createIndex(outbox, 'date_modification'),
  ].join('');
}

/** T-SQL that creates one source database's schemas, tables and indexes. */
export function sourceSchema(system: System): string {
  return [
    `CREATE SCHEMA [${system === 'HCS' ? 'heap' : 'prep'}];\n`,
    ...entitiesIn(system).map((name) => sourceTables(name, system)),
    createTable(
      'dbo.export_batch',
      {
        export_batch_id: 'bigint',
        entity: 'varchar(40)',
        code: 'varchar(8)',
        period: 'date NULL',
        rows_changed: 'int',
        date_export: 'datetime2(3)',
      },
      ['export_batch_id'],
    ),
  ].join('');
}

/** What freshness in heap goes by: the source, the personal account, or nothing. */
function freshnessOwner(name: EntityName): string[] {
  const columns = heapColumns(name);
  return ['datasource_id', 'personal_account_id']
    .filter((column) => columns.includes(column))
    .slice(0, 1);
}

function aggregateTables(name: EntityName): string {
  const columns: Columns = entities[name].columns;
  const crude = crudeTable(name);
  return [
    createTable(
      crude,
      {
        datasource_id: 'int',
        ...columns,
        is_deleted: 'bit',
        ...(hasDateLoad(name) && { date_load: 'datetime2(3)' }),
        load_sequence: 'bigint',
      },
      crudeKey(name),
    ),
    createIndex(crude, 'load_sequence'),
    ...(hasDateLoad(name) ? [createIndex(crude, 'datasource_id', 'date_load')] : []),
    createTable(
      heapTable(name),
      {
        ...(entityOf(name).heapSource === 'datasource_id' && { datasource_id: 'int' }),
        ...columns,
        date_modification: 'datetime2(3)',
      },
      heapKey(name),
    ),
    createIndex(heapTable(name), ...freshnessOwner(name), 'date_modification'),
  ].join('');
}

/** What queries look rows up by besides the keys. */
const lookups = [
  ['heap.payment', 'personal_account_id'],
  ['heap.premises', 'premises_id'],
] as const;

/** T-SQL that creates the copy of ABRA Gen's countries. */
export function countrySchema(): string {
  return [
    ...countryTables.map(({ name, columns, key }) => createTable(name, { ...columns }, [key])),
    createIndex('dbo.Countries2', 'Parent_ID'),
  ].join('');
}

/** T-SQL that creates the aggregate base's schemas, tables and indexes. */
export function aggregateSchema(): string {
  return [
    ...['crude', 'heap', 'test'].map((schema) => `CREATE SCHEMA [${schema}];\n`),
    createTable(
      'heap.list_datasource',
      { list_datasource_id: 'int', datasource_section: 'varchar(8)', database_name: 'varchar(20)' },
      ['list_datasource_id'],
    ),
    ...entityNames.map(aggregateTables),
    ...lookups.map(([table, column]) => createIndex(table, column)),
    countrySchema(),
    createTable(
      'crude.load_state',
      {
        entity: 'varchar(40)',
        database_name: 'varchar(20)',
        export_sequence: 'bigint',
        export_batch_id: 'bigint',
      },
      ['entity', 'database_name'],
    ),
    createTable(
      'crude.load_batch',
      {
        load_batch_id: 'bigint',
        entity: 'varchar(40)',
        datasource_id: 'int',
        date_load: 'datetime2(3)',
      },
      ['load_batch_id'],
    ),
    createTable(
      'heap.load_state',
      { entity: 'varchar(40)', load_sequence: 'bigint', load_batch_id: 'bigint' },
      ['entity'],
    ),
  ].join('');
}

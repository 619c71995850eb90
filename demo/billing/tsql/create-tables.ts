/** Tables and first rows in T-SQL: what the stand-in is given, made repeatable. */

import { countryTables } from '../countries.ts';
import { entityNames } from '../entities.ts';
import {
  aggregateBase,
  databasesOf,
  dataSources,
  type SourceDatabase,
  sourceDatabases,
} from '../sources.ts';
import { aggregateSchema, sourceSchema } from '../tables.ts';
import { delayColumns, delayTable } from './pacing.ts';
import { batches, bracketed, list, literal } from './text.ts';

/** Creates the databases that are not there yet. */
export const databasesSql = () =>
  batches(
    [...sourceDatabases.map(({ name }) => name), aggregateBase.name].map(
      (name) =>
        `IF DB_ID(${literal(name)}) IS NULL EXEC(${literal(`CREATE DATABASE ${bracketed(name)}`)});`,
    ),
  );

/**
 * The first table of all, and never dropped: by it the installer knows a database as the demo's own,
 * also one whose installation was cut off at any statement.
 */
const delays = `IF OBJECT_ID(${literal(delayTable)}, N'U') IS NULL CREATE TABLE ${bracketed(delayTable)} (
${Object.entries(delayColumns)
  .map(([column, type]) => `  [${column}] ${type} NOT NULL`)
  .join(',\n')},
  PRIMARY KEY ([stage], [entity], [code])
);\n`;
const noDelays = `DELETE FROM ${bracketed(delayTable)};\n`;

/** Statements that end with `;` at the end of a line; each replaces what an earlier run made. */
function repeatable(schema: string): string {
  const statements = schema.split(/(?<=;\n)/);
  return batches(
    statements.map((statement) => {
      const [, name] = /^CREATE SCHEMA \[(\w+)\]/.exec(statement) ?? [];
      if (name)
        return `IF SCHEMA_ID(${literal(name)}) IS NULL EXEC(N'CREATE SCHEMA [${name}] AUTHORIZATION dbo');`;
      const [, owner, table] = /^CREATE TABLE \[(\w+)\]\.\[(\w+)\]/.exec(statement) ?? [];
      if (!owner || !table) return statement;
      const drop = `IF OBJECT_ID(${literal(`${owner}.${table}`)}, N'U') IS NOT NULL DROP TABLE [${owner}].[${table}];`;
      return `${drop}\n${statement}`;
    }),
  );
}

export const sourceTablesSql = ({ system }: SourceDatabase) =>
  repeatable(delays + noDelays + sourceSchema(system));

export const aggregateTablesSql = () => repeatable(delays + noDelays + aggregateSchema());

type Cell = string | number;

const values = (
  rows: readonly (readonly Cell[])[],
  text: (value: string) => string = (value) => `'${value}'`,
) =>
  rows
    .map((row) => `  (${row.map((v) => (typeof v === 'number' ? v : text(v))).join(', ')})`)
    .join(',\n');

/** The data sources, where every load begins, and the copy of ABRA Gen's countries. */
export function aggregateRowsSql(): string {
  const sources = dataSources.map(({ id, code, database }) => [id, code, database]);
  const crude = entityNames.flatMap((name) =>
    databasesOf(name).map((database) => [name, database.name, 0, 0]),
  );
  return batches([
    `INSERT INTO [heap].[list_datasource] ([list_datasource_id], [datasource_section], [database_name])
VALUES\n${values(sources)};`,
    `INSERT INTO [crude].[load_state] ([entity], [database_name], [export_sequence], [export_batch_id])
VALUES\n${values(crude)};`,
    `INSERT INTO [heap].[load_state] ([entity], [load_sequence], [load_batch_id])
VALUES\n${values(entityNames.map((name) => [name, 0, 0]))};`,
    ...countryTables.map(
      ({ name, columns, rows }) =>
        `INSERT INTO ${bracketed(name)} (${list(Object.keys(columns))})\nVALUES\n${values(rows, literal)};`,
    ),
  ]);
}

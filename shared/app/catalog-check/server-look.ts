/** What a database says of itself, and of what is wanted of it: a query each, however much that is. */

import type { Databases } from '../../database/databases.ts';
import type { SqlParameter } from '../../database/link.ts';
import { type Grant, quoted } from '../grants.ts';
import type { ServerParameter } from './parameter-fits.ts';
import { defaultsIn } from './procedure-header.ts';

type Asked = Pick<Databases, 'query'>;

export interface ServerDatabase {
  name: string;
  /** SQL Server's own name for the server; undefined: there a database is a server by itself. */
  server: string | undefined;
  /** Who we are there. */
  login: string;
  compatibilityLevel: number;
  /** READ_COMMITTED_SNAPSHOT. */
  isVersioned: boolean;
  /** ALLOW_SNAPSHOT_ISOLATION. */
  hasSnapshots: boolean;
}

export interface ServerObject {
  /** Undefined: there is none of this name, or nobody tells us of it. */
  isAllowed: boolean | undefined;
  /** Of a procedure. */
  parameters: ServerParameter[];
}

/** SQL Server takes 2,100 parameters; a chunk of this many takes two each. */
const mostAtOnce = 500;
/** Each is compiled. */
const mostDescribed = 100;

/** Engine editions of Azure SQL Database and of Fabric, where a lock's unit is the database. */
const ofOneDatabase: ReadonlySet<number> = new Set([5, 12]);

/** Parameters stand before the body: of longer heads nothing is known. */
const headLength = 16_000;

export async function lookAtDatabase(
  databases: Asked,
  id: string,
  signal: AbortSignal,
): Promise<ServerDatabase> {
  // By name: in Azure SQL a database's id there is not DB_ID().
  const [row] = await databases.query(
    id,
    `SELECT DB_NAME() AS name, CONVERT(nvarchar(128), SERVERPROPERTY('ServerName')) AS server,
  SUSER_SNAME() AS login, compatibility_level AS level, is_read_committed_snapshot_on AS versioned,
  snapshot_isolation_state AS snapshots, CONVERT(int, SERVERPROPERTY('EngineEdition')) AS edition
FROM sys.databases WHERE name = DB_NAME()`,
    [],
    signal,
  );
  return {
    name: String(row?.['name']),
    server: ofOneDatabase.has(Number(row?.['edition'])) ? undefined : String(row?.['server']),
    login: String(row?.['login']),
    compatibilityLevel: Number(row?.['level']),
    isVersioned: Number(row?.['versioned']) === 1,
    hasSnapshots: Number(row?.['snapshots']) === 1,
  };
}

/**
 * Whether objects are there and may be used, and the parameters of procedures.
 *
 * @returns in the order of `wanted`
 * @throws DatabaseError, or the reason of `signal`
 */
export async function lookAtObjects(
  databases: Asked,
  id: string,
  wanted: readonly Pick<Grant, 'right' | 'object'>[],
  signal: AbortSignal,
): Promise<ServerObject[]> {
  const found: ServerObject[] = [];
  for (let first = 0; first < wanted.length; first += mostAtOnce) {
    const chunk = wanted.slice(first, first + mostAtOnce);
    const rows = await databases.query(id, objectsQuery(chunk.length), parametersOf(chunk), signal);
    const own = Map.groupBy(rows, (row) => Number(row['n']));
    for (const index of chunk.keys()) found.push(objectOf(own.get(index) ?? []));
  }
  return found;
}

function objectsQuery(count: number): string {
  const looks = Array.from(
    { length: count },
    (_, index) =>
      `SELECT ${index} AS n, OBJECT_ID(@o${index}) AS id, HAS_PERMS_BY_NAME(@o${index}, 'OBJECT', @r${index}) AS allowed`,
  );
  return `SELECT w.n, w.id, w.allowed, p.parameter_id, p.name, TYPE_NAME(p.system_type_id) AS type,
  p.max_length, p.[precision], p.scale, p.is_output, p.has_default_value,
  CASE WHEN p.parameter_id = 1 THEN LEFT(m.definition, ${headLength}) END AS head
FROM (${looks.join('\nUNION ALL ')}) AS w
LEFT JOIN sys.parameters AS p ON p.object_id = w.id AND p.parameter_id > 0
LEFT JOIN sys.sql_modules AS m ON m.object_id = w.id
ORDER BY w.n, p.parameter_id`;
}

const parametersOf = (chunk: readonly Pick<Grant, 'right' | 'object'>[]): SqlParameter[] =>
  chunk.flatMap(({ object, right }, index) => [
    { name: `o${index}`, type: 'nvarchar(517)', value: object },
    { name: `r${index}`, type: 'varchar(10)', value: right },
  ]);

type Row = Record<string, unknown>;

function objectOf(rows: readonly Row[]): ServerObject {
  const [first] = rows;
  const { allowed = null, id = null, head = null } = first ?? {};
  const defaults = head === null ? undefined : defaultsIn(String(head));
  return {
    // Without any right to it its id is told to nobody, and that it is there only by the 0.
    isAllowed: allowed === null ? undefined : Number(allowed) === 1 && id !== null,
    parameters: rows.filter(({ name }) => name != null).map((row) => parameterOf(row, defaults)),
  };
}

function parameterOf(row: Row, defaults: Map<string, boolean> | undefined): ServerParameter {
  const name = String(row['name']);
  // Kept for procedures of the CLR alone: of others it is always 0.
  const isTold = Number(row['has_default_value']) === 1;
  return {
    name: name.slice(1),
    type: String(row['type']),
    maxLength: Number(row['max_length']),
    precision: Number(row['precision']),
    scale: Number(row['scale']),
    isOutput: Number(row['is_output']) === 1,
    hasDefault: isTold || defaults?.get(name.toLowerCase()),
  };
}

/** A query, and what it is sent with: of its parameters only the types count. */
interface Reading {
  sql: string;
  parameters: readonly Pick<SqlParameter, 'name' | 'type'>[];
}

/**
 * Why queries would not run, as SQL Server says when it describes their results; none is run.
 *
 * @returns in the order of `readings`; undefined: it would
 */
export async function lookAtReadings(
  databases: Asked,
  id: string,
  readings: readonly Reading[],
  signal: AbortSignal,
): Promise<(string | undefined)[]> {
  const faults: (string | undefined)[] = readings.map(() => undefined);
  for (let first = 0; first < readings.length; first += mostDescribed) {
    const chunk = readings.slice(first, first + mostDescribed);
    const text = chunk
      .map(
        (_, index) =>
          `SELECT ${index} AS n, error_message FROM sys.dm_exec_describe_first_result_set(@s${index}, @p${index}, 0) WHERE error_number IS NOT NULL`,
      )
      .join('\nUNION ALL ');
    const given = chunk.flatMap(({ sql, parameters }, index): SqlParameter[] => [
      { name: `s${index}`, type: 'nvarchar(max)', value: sql },
      { name: `p${index}`, type: 'nvarchar(max)', value: declarationOf(parameters) },
    ]);
    for (const row of await databases.query(id, text, given, signal)) {
      faults[first + Number(row['n'])] = String(row['error_message']);
    }
  }
  return faults;
}

const declarationOf = (parameters: Reading['parameters']) =>
  parameters.map(({ name, type }) => `@${name} ${type}`).join(', ');

/** Names of the columns of tables and views, which are named as `OBJECT_ID` takes them. */
export async function columnsIn(
  databases: Asked,
  id: string,
  objects: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  if (objects.length === 0) return [];
  const given = objects.slice(0, mostAtOnce).map((value, index): SqlParameter => {
    return { name: `o${index}`, type: 'nvarchar(517)', value };
  });
  const ids = given.map(({ name }) => `OBJECT_ID(@${name})`).join(', ');
  const text = `SELECT DISTINCT name FROM sys.columns WHERE object_id IN (${ids})`;
  const rows = await databases.query(id, text, given, signal);
  return rows.map(({ name }) => String(name));
}

/** Names that could have been meant, quoted: of procedures, or of tables and views. */
export async function namesIn(
  databases: Asked,
  id: string,
  right: Grant['right'],
  signal: AbortSignal,
): Promise<string[]> {
  const kinds = right === 'EXECUTE' ? "'P ', 'PC', 'FN'" : "'U ', 'V ', 'IF', 'TF'";
  const rows = await databases.query(
    id,
    `SELECT s.name AS [schema], o.name FROM sys.objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id WHERE o.type IN (${kinds})`,
    [],
    signal,
  );
  return rows.map((row) => quoted([String(row['schema']), String(row['name'])]));
}

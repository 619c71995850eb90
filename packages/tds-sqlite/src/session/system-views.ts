/** The catalogue views that clients ask for, made from the registry when asked. */

import type { SqlValue } from '../procedure.ts';
import type { StoredObject, StoredTable } from '../storage/model.ts';
import type { Name } from '../syntax/ast.ts';
import type { Relation, ResultColumn } from '../translate/context.ts';
import { defaultCollation } from '../values/collation.ts';
import { decimalSize, family, isUnicode, parseType, type SqlType } from '../values/types.ts';
import type { Database } from './database.ts';
import { extendedPropertyRows } from './extended-properties.ts';
import type { SessionInfo } from './instance.ts';
import { lockColumns, lockRows, systemDatabases } from './lock-view.ts';
import { type DeclaredParameter, parametersInText, parametersOf } from './procedure-parameters.ts';
import type { SessionState } from './state.ts';

type Row = readonly SqlValue[];

interface View {
  /** `name type, …` */
  columns: string;
  rows(session: SessionState, database: Database): Row[];
}

const created = '2020-01-01T00:00:00.000';

/** SQL Server's ids of types (sys.types). */
const typeIds: Record<string, number> = {
  bit: 104,
  tinyint: 48,
  smallint: 52,
  int: 56,
  bigint: 127,
  decimal: 106,
  money: 60,
  smallmoney: 122,
  float: 62,
  real: 59,
  date: 40,
  time: 41,
  datetime: 61,
  datetime2: 42,
  smalldatetime: 58,
  datetimeoffset: 43,
  char: 175,
  varchar: 167,
  nchar: 239,
  nvarchar: 231,
  binary: 173,
  varbinary: 165,
  uniqueidentifier: 36,
  xml: 241,
};
const byteSizes: Record<string, number> = {
  bit: 1,
  tinyint: 1,
  smallint: 2,
  int: 4,
  bigint: 8,
  money: 8,
  smallmoney: 4,
  float: 8,
  real: 4,
  date: 3,
  time: 5,
  datetime: 8,
  datetime2: 8,
  smalldatetime: 4,
  datetimeoffset: 10,
  uniqueidentifier: 16,
  decimal: 9,
  xml: -1,
};

const bytes = (type: SqlType) =>
  type.length === undefined
    ? (byteSizes[type.name] ?? 0)
    : type.length === -1
      ? -1
      : type.length * (isUnicode(type) ? 2 : 1);

export function objectsOf(session: SessionState, database: Database): StoredObject[] {
  const connection = session.connection();
  const catalog =
    database === session.database
      ? connection.catalog
      : connection.attached(database.name, database.path);
  return catalog.objects().filter(({ schema, name }) => !session.instance.isDenied(schema, name));
}

/** T-SQL procedures and those written in TypeScript, which have ids of their own. */
export function proceduresOf(
  session: SessionState,
  database: Database,
): { id: number; schema: string; name: string; created: string }[] {
  const stored = objectsOf(session, database).filter((object) => object.kind === 'procedure');
  const own = [...database.procedures.values()].map((procedure, index) => {
    const [schema = 'dbo', name = ''] = procedure.name.split('.');
    return { id: 1_845_581_613 + index, schema, name, created };
  });
  const seen = own.filter(({ schema, name }) => !session.instance.isDenied(schema, name));
  return [...stored, ...seen];
}

export const typeNames: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(typeIds).map(([name, id]) => [id, name]),
);

export function schemasOf(
  session: SessionState,
  database: Database,
): { id: number; name: string }[] {
  const connection = session.connection();
  const catalog =
    database === session.database
      ? connection.catalog
      : connection.attached(database.name, database.path);
  const names = new Set(catalog.schemas());
  for (const procedure of database.procedures.values())
    names.add(procedure.name.split('.')[0] ?? 'dbo');
  const others = [...names]
    .filter((name) => name !== 'dbo')
    .map((name, index) => ({ id: index + 5, name }));
  return [
    { id: 1, name: 'dbo' },
    { id: 3, name: 'INFORMATION_SCHEMA' },
    { id: 4, name: 'sys' },
    ...others,
  ];
}

const schemaId = (session: SessionState, database: Database, name: string) =>
  schemasOf(session, database).find((schema) => schema.name.toLowerCase() === name.toLowerCase())
    ?.id ?? 1;

const tablesOf = (session: SessionState, database: Database): StoredTable[] =>
  objectsOf(session, database).filter((object) => object.kind === 'table');

const kinds: Record<StoredObject['kind'], readonly [string, string]> = {
  table: ['U ', 'USER_TABLE'],
  view: ['V ', 'VIEW'],
  procedure: ['P ', 'SQL_STORED_PROCEDURE'],
};

const objectColumns =
  'name nvarchar(128), object_id int, schema_id int, parent_object_id int, type char(2), type_desc nvarchar(60), create_date datetime, modify_date datetime, is_ms_shipped bit';

const objectRow = (
  session: SessionState,
  database: Database,
  object: {
    id: number;
    schema: string;
    name: string;
    created: string;
    kind?: StoredObject['kind'];
  },
): Row => {
  const [type, description] = kinds[object.kind ?? 'procedure'];
  return [
    object.name,
    object.id,
    schemaId(session, database, object.schema),
    0,
    type,
    description,
    object.created,
    object.created,
    false,
  ];
};

/** One of sys.parameters; whether a parameter has a default it knows of the CLR's procedures only. */
function rowOfParameter(
  id: number,
  place: number,
  { name, type, output, hasDefault }: DeclaredParameter,
): Row {
  const typeId = typeIds[type.name] ?? 0;
  const numeric = family(type) === 'integer' || family(type) === 'decimal';
  const { precision, scale } = numeric
    ? decimalSize(type)
    : { precision: 0, scale: type.scale ?? 0 };
  return [id, name, place, typeId, typeId, bytes(type), precision, scale, output, hasDefault];
}

const isNullable = (yes: boolean) => (yes ? 'YES' : 'NO');

const views: Record<string, View> = {
  'sys.tables': {
    columns: objectColumns,
    rows: (session, database) =>
      tablesOf(session, database).map((table) => objectRow(session, database, table)),
  },
  'sys.views': {
    columns: objectColumns,
    rows: (session, database) =>
      objectsOf(session, database)
        .filter((object) => object.kind === 'view')
        .map((view) => objectRow(session, database, view)),
  },
  'sys.procedures': {
    columns: objectColumns,
    rows: (session, database) =>
      proceduresOf(session, database).map((procedure) => objectRow(session, database, procedure)),
  },
  'sys.sql_modules': {
    columns:
      'object_id int, definition nvarchar(max), uses_ansi_nulls bit, uses_quoted_identifier bit',
    rows: (session, database) =>
      objectsOf(session, database)
        .filter((object) => object.kind !== 'table')
        .map((object): Row => {
          const settings = object.kind === 'procedure' ? object : undefined;
          return [
            object.id,
            object.text,
            settings?.ansiNulls !== false,
            settings?.quotedIdentifier !== false,
          ];
        }),
  },
  'sys.objects': {
    columns: objectColumns,
    rows: (session, database) =>
      [
        ...objectsOf(session, database).filter((object) => object.kind !== 'procedure'),
        ...proceduresOf(session, database),
      ].map((object) => objectRow(session, database, object)),
  },
  'sys.schemas': {
    columns: 'name nvarchar(128), schema_id int, principal_id int',
    rows: (session, database) => schemasOf(session, database).map(({ id, name }) => [name, id, 1]),
  },
  'sys.databases': {
    columns:
      'name nvarchar(128), database_id int, create_date datetime, compatibility_level tinyint, collation_name nvarchar(128), state tinyint, state_desc nvarchar(60), is_read_only bit, is_read_committed_snapshot_on bit, snapshot_isolation_state tinyint, recovery_model_desc nvarchar(60)',
    rows: (session) =>
      [
        ...systemDatabases.map((name, index) => ({
          name,
          id: index + 1,
          compatibilityLevel: 150,
          rowVersions: false,
          snapshots: name === 'master' || name === 'msdb',
        })),
        ...session.instance.databases.map((database, index) => {
          const { name, compatibilityLevel, rowVersions, snapshots } = database;
          return { name, id: index + 5, compatibilityLevel, rowVersions, snapshots };
        }),
      ].map(({ name, id, compatibilityLevel, rowVersions, snapshots }) => [
        name,
        id,
        created,
        compatibilityLevel,
        defaultCollation,
        0,
        'ONLINE',
        false,
        rowVersions,
        snapshots ? 1 : 0,
        'SIMPLE',
      ]),
  },
  'sys.columns': {
    columns:
      'object_id int, name nvarchar(128), column_id int, system_type_id tinyint, user_type_id int, max_length smallint, precision tinyint, scale tinyint, collation_name nvarchar(128), is_nullable bit, is_identity bit, is_computed bit, default_object_id int',
    rows: (session, database) =>
      tablesOf(session, database).flatMap((table) =>
        table.columns.map((column, index): Row => {
          const { name, type, nullable, identity, computed, collation: own } = column;
          const numeric = family(type) === 'integer' || family(type) === 'decimal';
          const size = numeric ? decimalSize(type) : { precision: 0, scale: type.scale ?? 0 };
          const collation = family(type) === 'text' ? (own ?? defaultCollation) : null;
          const id = typeIds[type.name] ?? 0;
          return [
            table.id,
            name,
            index + 1,
            id,
            id,
            bytes(type),
            size.precision,
            size.scale,
            collation,
            nullable,
            identity !== undefined,
            computed !== undefined,
            0,
          ];
        }),
      ),
  },
  'sys.extended_properties': {
    columns:
      'class tinyint, class_desc nvarchar(60), major_id int, minor_id int, name nvarchar(128), value nvarchar(4000)',
    rows: (session) => extendedPropertyRows(session),
  },
  'sys.types': {
    columns:
      'name nvarchar(128), system_type_id tinyint, user_type_id int, schema_id int, max_length smallint, is_user_defined bit',
    rows: () =>
      Object.entries(typeIds).map(([name, id]) => [
        name,
        id,
        id,
        4,
        byteSizes[name] ?? 8000,
        false,
      ]),
  },
  'sys.parameters': {
    columns:
      'object_id int, name nvarchar(128), parameter_id int, system_type_id tinyint, user_type_id int, max_length smallint, precision tinyint, scale tinyint, is_output bit, has_default_value bit',
    rows: (session, database) => {
      const seen = new Map(
        proceduresOf(session, database).map(({ id, schema, name }) => [`${schema}.${name}`, id]),
      );
      const stored = objectsOf(session, database).flatMap((object) =>
        object.kind === 'procedure' ? [{ id: object.id, declared: parametersInText(object) }] : [],
      );
      const own = [...database.procedures.values()].flatMap((procedure) => {
        const id = seen.get(procedure.name);
        return id === undefined ? [] : [{ id, declared: parametersOf(procedure) }];
      });
      return [...stored, ...own].flatMap(({ id, declared }) =>
        declared.map((parameter, index) => rowOfParameter(id, index + 1, parameter)),
      );
    },
  },
  'sys.indexes': {
    columns:
      'object_id int, name nvarchar(128), index_id int, type tinyint, type_desc nvarchar(60), is_unique bit, is_primary_key bit, is_unique_constraint bit',
    rows: (session, database) =>
      tablesOf(session, database).flatMap((table) =>
        table.keys.map(
          (key, index): Row => [
            table.id,
            key.name,
            index + 1,
            2,
            'NONCLUSTERED',
            key.kind !== 'index' || key.uniqueIndex === true,
            key.kind === 'primary',
            key.kind === 'unique',
          ],
        ),
      ),
  },
  'sys.foreign_keys': {
    columns: 'name nvarchar(128), object_id int, parent_object_id int, referenced_object_id int',
    rows: (session, database) => {
      const tables = tablesOf(session, database);
      return tables.flatMap((table) =>
        table.foreignKeys.map((key, index): Row => {
          const target = tables.find(
            (other) => `${other.schema}.${other.name}`.toLowerCase() === key.table.toLowerCase(),
          );
          return [key.name, table.id + 500_000 + index, table.id, target?.id ?? null];
        }),
      );
    },
  },
  'sys.dm_exec_sessions': {
    columns:
      'session_id smallint, login_time datetime, host_name nvarchar(128), program_name nvarchar(128), login_name nvarchar(128), database_name nvarchar(128), open_transaction_count int, status nvarchar(30), transaction_isolation_level smallint, lock_timeout int, quoted_identifier bit, ansi_nulls bit, context_info varbinary(128), last_request_start_time datetime, last_request_end_time datetime',
    rows: (session) =>
      visibleSessions(session).map((other): Row => {
        const about = other.describe();
        return [
          other.spid,
          String(about['loginTime']).slice(0, 23),
          String(about['host']),
          String(about['application']),
          String(about['user']),
          String(about['database']),
          Number(about['transactionCount']),
          String(about['status']),
          isolationNumbers[String(about['isolation'])] ?? 0,
          Number(about['lockTimeout']),
          about['quotedIdentifier'] === true,
          about['ansiNulls'] === true,
          other.contextInfo,
          String(about['requestBegan']).slice(0, 23),
          String(about['requestEnded']).slice(0, 23),
        ];
      }),
  },
  'sys.dm_tran_locks': { columns: lockColumns, rows: (session) => lockRows(session.instance) },
  'information_schema.tables': {
    columns:
      'TABLE_CATALOG nvarchar(128), TABLE_SCHEMA nvarchar(128), TABLE_NAME nvarchar(128), TABLE_TYPE varchar(10)',
    rows: (session, database) =>
      objectsOf(session, database)
        .filter((object) => object.kind !== 'procedure')
        .map((object) => [
          database.name,
          object.schema,
          object.name,
          object.kind === 'view' ? 'VIEW' : 'BASE TABLE',
        ]),
  },
  'information_schema.columns': {
    columns:
      'TABLE_CATALOG nvarchar(128), TABLE_SCHEMA nvarchar(128), TABLE_NAME nvarchar(128), COLUMN_NAME nvarchar(128), ORDINAL_POSITION int, COLUMN_DEFAULT nvarchar(4000), IS_NULLABLE varchar(3), DATA_TYPE nvarchar(128), CHARACTER_MAXIMUM_LENGTH int, NUMERIC_PRECISION tinyint, NUMERIC_SCALE int, DATETIME_PRECISION smallint',
    rows: (session, database) =>
      tablesOf(session, database).flatMap((table) =>
        table.columns.map((column, index): Row => {
          const { type } = column;
          const numeric =
            (family(type) === 'integer' && type.name !== 'bit') || family(type) === 'decimal';
          const size = decimalSize(type);
          const isDate = family(type) === 'date';
          return [
            database.name,
            table.schema,
            table.name,
            column.name,
            index + 1,
            column.default?.text ?? null,
            isNullable(column.nullable),
            type.name,
            type.length ?? null,
            numeric ? size.precision : null,
            numeric ? size.scale : null,
            isDate ? (type.name === 'datetime' ? 3 : (type.scale ?? 0)) : null,
          ];
        }),
      ),
  },
  'information_schema.schemata': {
    columns: 'CATALOG_NAME nvarchar(128), SCHEMA_NAME nvarchar(128), SCHEMA_OWNER nvarchar(128)',
    rows: (session, database) =>
      schemasOf(session, database).map(({ name }) => [database.name, name, 'dbo']),
  },
  'information_schema.routines': {
    columns:
      'ROUTINE_CATALOG nvarchar(128), ROUTINE_SCHEMA nvarchar(128), ROUTINE_NAME nvarchar(128), ROUTINE_TYPE nvarchar(20)',
    rows: (session, database) =>
      proceduresOf(session, database).map(({ schema, name }) => [
        database.name,
        schema,
        name,
        'PROCEDURE',
      ]),
  },
};

views['sys.system_views'] = {
  columns: objectColumns,
  rows: () =>
    Object.keys(views).map((name, index): Row => {
      const [schema, view = ''] = name.split('.');
      const isSys = schema === 'sys';
      const shown = isSys ? view : view.toUpperCase();
      const place = isSys ? 4 : 3;
      return [shown, -1 - index, place, 0, 'V ', 'VIEW', created, created, true];
    }),
};
views['sys.all_objects'] = views['sys.objects'] as View;
views['sys.sysobjects'] = views['sys.objects'] as View;

/** Without VIEW SERVER STATE everybody sees one session: their own. */
function visibleSessions({ instance, spid }: SessionState): SessionInfo[] {
  const sessions = [...instance.sessions.values()];
  const isBlind = instance.denied.has('VIEW SERVER STATE');
  return isBlind ? sessions.filter((other) => other.spid === spid) : sessions;
}

/** As dm_exec_sessions numbers them. */
const isolationNumbers: Readonly<Record<string, number>> = {
  'read uncommitted': 1,
  'read committed': 2,
  'repeatable read': 3,
  serializable: 4,
  snapshot: 5,
};

const columnsByView = new Map<View, ResultColumn[]>();

function columnsOf(view: View): ResultColumn[] {
  const existing = columnsByView.get(view);
  if (existing) return existing;
  const columns = view.columns.split(/,\s*(?=[A-Za-z_]+ )/).map((text): ResultColumn => {
    const [name = '', type = ''] = text.split(/\s+(.*)/s);
    return { name, type: parseType(type), nullable: true };
  });
  columnsByView.set(view, columns);
  return columns;
}

/** The rows of a catalogue view, or undefined for any other name. */
export function systemView(session: SessionState, name: Name): Relation | undefined {
  const [object = '', schema = '', catalog = ''] = [...name].reverse();
  const view = views[`${schema}.${object}`.toLowerCase()];
  if (!view) return undefined;
  const database = catalog === '' ? session.database : session.instance.database(catalog);
  if (!database) return undefined;
  return {
    kind: 'rows',
    name: object,
    columns: columnsOf(view),
    rows: view.rows(session, database),
  };
}

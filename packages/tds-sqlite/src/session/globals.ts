/** `@@ROWCOUNT` and its kin, and the functions that speak of the session or the catalogue. */

import type { LockMode, OwnerKind } from '../locks/app-locks.ts';
import { type SqlValue, serverPermissions } from '../procedure.ts';
import type { SessionFunction } from '../translate/context.ts';
import { defaultCollation } from '../values/collation.ts';
import { type SqlType, sqlType, types } from '../values/types.ts';
import { productVersion, versionText } from './instance.ts';
import { identitiesOf } from './modify.ts';
import { catalogOf, findObject, parseName } from './names.ts';
import type { Frame, SessionState } from './state.ts';
import { objectsOf, proceduresOf, schemasOf, typeNames } from './system-views.ts';

type Getter = (session: SessionState, frame: Frame) => SqlValue;

const nvarchar = types.sysname;
const identityType = sqlType('decimal', 38, 0);

const globals: Record<string, readonly [SqlType, Getter]> = {
  '@@ROWCOUNT': [types.int, (session) => session.rowCount],
  '@@ERROR': [types.int, (session) => session.lastError],
  '@@TRANCOUNT': [types.int, (session) => session.transaction.count],
  '@@SPID': [types.smallint, (session) => session.spid],
  '@@IDENTITY': [identityType, (session) => session.lastIdentity],
  '@@SERVERNAME': [nvarchar, (session) => session.database.server],
  '@@SERVICENAME': [nvarchar, () => 'MSSQLSERVER'],
  '@@VERSION': [sqlType('nvarchar', 300), () => versionText],
  '@@LANGUAGE': [nvarchar, (session) => session.options.language],
  '@@LANGID': [types.smallint, () => 0],
  '@@DATEFIRST': [types.tinyint, (session) => session.options.dateFirst],
  '@@LOCK_TIMEOUT': [types.int, (session) => session.options.lockTimeout],
  '@@MAX_PRECISION': [types.tinyint, () => 38],
  '@@NESTLEVEL': [types.int, (session) => session.nesting],
  '@@OPTIONS': [
    types.int,
    (session) =>
      5496 + (session.options.noCount ? 512 : 0) + (session.options.xactAbort ? 16384 : 0),
  ],
  '@@TEXTSIZE': [types.int, () => 2147483647],
  '@@MAX_CONNECTIONS': [types.int, () => 32767],
  '@@CONNECTIONS': [types.int, (session) => session.instance.sessions.size],
  '@@FETCH_STATUS': [types.int, () => 0],
  '@@MICROSOFTVERSION': [types.int, () => productVersion.major * 0x1000000 + productVersion.build],
  '@@PROCID': [
    types.int,
    (session, frame) => (frame.procedure ? objectId(session, frame, frame.procedure) : 0),
  ],
};

export function globalVariable(
  session: SessionState,
  frame: Frame,
  name: string,
): { type: SqlType; value: SqlValue } | undefined {
  const found = globals[name.toUpperCase()];
  return found && { type: found[0], value: found[1](session, frame) };
}

function objectId(session: SessionState, frame: Frame, text: string, kind?: string): number | null {
  const name = parseName(text);
  if (!name) return null;
  if (name.at(-2) === '' && name.at(-1)?.startsWith('#')) name.splice(0, name.length - 1);
  try {
    const found = findObject(session, frame, name);
    const isSeen = found && !session.instance.isDenied(found.schema, found.name);
    const object = isSeen ? found : undefined;
    const wanted = kind?.trim().toUpperCase();
    const kinds = { table: 'U', view: 'V', procedure: 'P' };
    if (object && (!wanted || wanted === kinds[object.kind])) return object.id;
    if (wanted && wanted !== 'P') return null;
    const [own = '', schema = ''] = [...name].reverse();
    const hosted = proceduresOf(session, session.database).find(
      (procedure) =>
        procedure.name.toLowerCase() === own.toLowerCase() &&
        procedure.schema.toLowerCase() === (schema || 'dbo').toLowerCase(),
    );
    return hosted?.id ?? null;
  } catch {
    return null;
  }
}

/** NULL: there is no such object; whoever may do nothing with one learns that it is there. */
function objectPermission(
  session: SessionState,
  frame: Frame,
  text: string,
  permission: string,
): number | null {
  const [name = '', schema = ''] = [...(parseName(text) ?? [])].reverse();
  const right = permission === 'EXECUTE' || permission === 'SELECT' ? permission : undefined;
  if (right && session.instance.isDenied(schema || 'dbo', name, right)) return 0;
  return objectId(session, frame, text) === null ? null : 1;
}

const databaseIds = (session: SessionState): Record<string, string> =>
  Object.fromEntries([
    ...['master', 'tempdb', 'model', 'msdb'].map((name, index) => [index + 1, name]),
    ...session.instance.databases.map(({ name }, index) => [index + 5, name]),
  ]);

const lookup = (table: Record<string, string>, key: SqlValue | undefined) =>
  table[String(key)] ?? null;
const reverse = (table: Record<string, string>, name: SqlValue | undefined) => {
  const found = Object.entries(table).find(
    ([, own]) => own.toLowerCase() === String(name).toLowerCase(),
  );
  return found ? Number(found[0]) : null;
};

const serverProperties: Record<string, (session: SessionState) => SqlValue> = {
  productversion: () => `${productVersion.major}.${productVersion.minor}.${productVersion.build}.5`,
  productmajorversion: () => String(productVersion.major),
  productlevel: () => 'RTM',
  edition: () => 'Developer Edition (64-bit)',
  engineedition: () => '3',
  servername: (session) => session.database.server,
  machinename: (session) => session.database.server,
  instancename: () => null,
  collation: () => defaultCollation,
  isclustered: () => '0',
  ishadrenabled: () => '0',
};

const objectNames = (session: SessionState) =>
  Object.fromEntries(
    [...objectsOf(session, session.database), ...proceduresOf(session, session.database)].map(
      ({ id, name }) => [id, name],
    ),
  );
const schemaNames = (session: SessionState) =>
  Object.fromEntries(schemasOf(session, session.database).map(({ id, name }) => [id, name]));

type Make = (session: SessionState, frame: Frame) => SessionFunction;
const constant =
  (type: SqlType, value: Getter): Make =>
  (session, frame) => ({ type, run: () => value(session, frame) });

const user = (session: SessionState) => session.client.user;
const login = constant(nvarchar, user);
const databaseUser = constant(nvarchar, () => 'dbo');
const caught = (session: SessionState) => session.caught.at(-1);

/** A database's own name is part of a lock's; the current one is meant where none is said. */
const lockName = (
  session: SessionState,
  resource: SqlValue | undefined,
  database = session.database.name,
) => `${database}\n${String(resource)}`;

const functions: Record<string, Make> = {
  DB_NAME: (session) => ({
    type: nvarchar,
    run: (args) =>
      args.length === 0 ? session.database.name : lookup(databaseIds(session), args[0]),
    all: () => databaseIds(session),
  }),
  DB_ID: (session) => ({
    type: types.int,
    run: (args) =>
      reverse(databaseIds(session), args.length === 0 ? session.database.name : args[0]),
  }),
  SUSER_SNAME: login,
  SUSER_NAME: login,
  ORIGINAL_LOGIN: login,
  SYSTEM_USER: login,
  USER_NAME: databaseUser,
  CURRENT_USER: databaseUser,
  SESSION_USER: databaseUser,
  USER: databaseUser,
  // Logins may do everything here: roles are accepted and not kept.
  DATABASE_PRINCIPAL_ID: () => ({
    type: types.int,
    run: (args) =>
      args.length === 0
        ? 1
        : (new Map([
            ['public', 0],
            ['dbo', 1],
            ['guest', 2],
          ]).get(String(args[0]).toLowerCase()) ?? null),
  }),
  APP_NAME: constant(nvarchar, (session) => session.client.applicationName),
  PROGRAM_NAME: constant(nvarchar, (session) => session.client.applicationName),
  HOST_NAME: constant(nvarchar, (session) => session.client.hostName),
  HOST_ID: constant(nvarchar, () => '1'),
  OBJECT_ID: (session, frame) => ({
    type: types.int,
    run: ([name, kind]) =>
      name === null
        ? null
        : objectId(session, frame, String(name), typeof kind === 'string' ? kind : undefined),
  }),
  OBJECT_NAME: (session) => ({
    type: nvarchar,
    run: ([id]) => lookup(objectNames(session), id),
    all: () => objectNames(session),
  }),
  OBJECT_SCHEMA_NAME: (session) => {
    const all = () =>
      Object.fromEntries(
        [...objectsOf(session, session.database), ...proceduresOf(session, session.database)].map(
          ({ id, schema }) => [id, schema],
        ),
      );
    return { type: nvarchar, run: ([id]) => lookup(all(), id), all };
  },
  SCHEMA_NAME: (session) => ({
    type: nvarchar,
    run: (args) => (args.length === 0 ? 'dbo' : lookup(schemaNames(session), args[0])),
    all: () => schemaNames(session),
  }),
  SCHEMA_ID: (session) => ({
    type: types.int,
    run: (args) => reverse(schemaNames(session), args.length === 0 ? 'dbo' : args[0]),
  }),
  COL_LENGTH: (session, frame) => ({
    type: types.smallint,
    run: ([table, column]) => {
      const name = parseName(String(table));
      const object = name && findObject(session, frame, name);
      if (object?.kind !== 'table') return null;
      const found = object.columns.find(
        (candidate) => candidate.name.toLowerCase() === String(column).toLowerCase(),
      );
      if (!found) return null;
      const { length } = found.type;
      return length === undefined
        ? 8
        : length === -1
          ? -1
          : length * (found.type.name.startsWith('n') ? 2 : 1);
    },
  }),
  SERVERPROPERTY: (session) => ({
    type: types.nvarchar4000,
    run: ([name]) => serverProperties[String(name).toLowerCase()]?.(session) ?? null,
  }),
  DATABASEPROPERTYEX: () => ({
    type: nvarchar,
    run: ([, name]) =>
      ({
        status: 'ONLINE',
        updateability: 'READ_WRITE',
        collation: defaultCollation,
        recovery: 'SIMPLE',
      })[String(name).toLowerCase()] ?? null,
  }),
  SCOPE_IDENTITY: constant(identityType, (_session, frame) => frame.lastIdentity),
  IDENT_CURRENT: (session, frame) => ({
    type: identityType,
    run: ([table]) => {
      const name = parseName(String(table));
      const object = name && findObject(session, frame, name);
      const last =
        object?.kind === 'table' ? identitiesOf(session, object).get(object.id) : undefined;
      return last === undefined ? null : String(last);
    },
  }),
  ROWCOUNT_BIG: constant(types.bigint, (session) => BigInt(session.rowCount)),
  XACT_STATE: constant(types.smallint, ({ transaction }) =>
    transaction.count === 0 ? 0 : transaction.doomed ? -1 : 1,
  ),
  CURRENT_TRANSACTION_ID: constant(types.bigint, ({ transaction }) => transaction.id),
  ERROR_NUMBER: constant(types.int, (session) => caught(session)?.number ?? null),
  ERROR_SEVERITY: constant(types.int, (session) => caught(session)?.severity ?? null),
  ERROR_STATE: constant(types.int, (session) => caught(session)?.state ?? null),
  ERROR_LINE: constant(types.int, (session) => caught(session)?.line ?? null),
  ERROR_PROCEDURE: constant(nvarchar, (session) => caught(session)?.procedure ?? null),
  ERROR_MESSAGE: constant(types.nvarchar4000, (session) => caught(session)?.message ?? null),
  CONTEXT_INFO: constant(sqlType('varbinary', 128), (session) => session.contextInfo),
  SESSION_CONTEXT: (session) => ({
    type: types.nvarchar4000,
    run: ([key]) => {
      const value = session.context.get(String(key).toLowerCase()) ?? null;
      return value === null ? null : String(value);
    },
  }),
  APPLOCK_MODE: (session) => ({
    type: types.sysname,
    run: ([, resource, owner]) =>
      session.instance.appLocks.mode(lockName(session, resource), session, ownerOf(owner)),
  }),
  APPLOCK_TEST: (session) => ({
    type: types.smallint,
    run: ([, resource, mode]) =>
      session.instance.appLocks.test(lockName(session, resource), session, String(mode) as LockMode)
        ? 1
        : 0,
  }),
  IS_SRVROLEMEMBER: () => ({ type: types.int, run: () => 0 }),
  IS_MEMBER: () => ({
    type: types.int,
    run: ([role]) => (String(role).toLowerCase() === 'db_owner' ? 1 : 0),
  }),
  HAS_DBACCESS: (session) => ({
    type: types.int,
    run: ([name]) => (session.instance.database(String(name)) ? 1 : 0),
  }),
  HAS_PERMS_BY_NAME: (session, frame) => ({
    type: types.int,
    run: ([securable, kind, permission]) => {
      const name = String(permission).toUpperCase();
      if (securable !== null) {
        const isObject = String(kind).toUpperCase() === 'OBJECT';
        return isObject ? objectPermission(session, frame, String(securable), name) : 1;
      }
      // Permissions of SQL Server 2022: a name that a version does not know gives NULL.
      if (/ (PERFORMANCE|SECURITY) STATE$/.test(name)) return null;
      const known = serverPermissions.find((one) => one === name);
      return known !== undefined && session.instance.denied.has(known) ? 0 : 1;
    },
  }),
  TYPE_NAME: () => ({ type: nvarchar, run: ([id]) => lookup(typeNames, id), all: () => typeNames }),
};

const ownerOf = (text: SqlValue | undefined): OwnerKind =>
  String(text).toLowerCase() === 'session' ? 'Session' : 'Transaction';

export function sessionFunction(
  session: SessionState,
  frame: Frame,
  name: string,
): SessionFunction | undefined {
  return functions[name]?.(session, frame);
}

export { catalogOf, lockName };

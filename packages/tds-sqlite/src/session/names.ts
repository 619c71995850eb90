/** What a name means in a session: tables, views and where they live. */

import { errors } from '../errors.ts';
import type { Catalog } from '../storage/catalog.ts';
import type { StoredObject, StoredProcedure } from '../storage/model.ts';
import type { Name, Statement } from '../syntax/ast.ts';
import { newReader, parseBatch } from '../syntax/statements.ts';
import type { Relation } from '../translate/context.ts';
import type { Database } from './database.ts';
import type { Frame, SessionState } from './state.ts';
import { systemView } from './system-views.ts';

export interface Place {
  database: Database;
  /** Empty where the name did not say. */
  schema: string;
  object: string;
}

/** @throws 911 for a database that is not there */
export function placeOf(session: SessionState, name: Name): Place {
  const [object = '', schema = '', database = ''] = [...name].reverse();
  if (database === '') return { database: session.database, schema, object };
  const found = session.instance.database(database);
  if (!found) throw errors.invalidObject(name.join('.'));
  return { database: found, schema, object };
}

/** @throws 40515 for a name in another database: only the current one can be written to */
export function mustBeHere(session: SessionState, name: Name): void {
  if (!isTemporary(name) && placeOf(session, name).database !== session.database) {
    throw errors.invalidUse(`Writing to another database (${name.join('.')})`);
  }
}

export const isTemporary = (name: Name) => (name.at(-1) ?? '').startsWith('#');

/** The catalogue of a database as this session's current connection sees it. */
export function catalogOf(session: SessionState, database: Database): Catalog {
  const connection = session.connection();
  return database === session.database
    ? connection.catalog
    : connection.attached(database.name, database.path);
}

/** Unqualified names are looked up in the procedure's own schema, then in dbo. */
export function findObject(
  session: SessionState,
  frame: Frame,
  name: Name,
): StoredObject | undefined {
  if (isTemporary(name)) return session.connection().temporary.find('', name.at(-1) ?? '');
  const { database, schema, object } = placeOf(session, name);
  const catalog = catalogOf(session, database);
  if (schema !== '') return catalog.find(schema, object);
  return catalog.find(frame.schema, object) ?? catalog.find('dbo', object);
}

/** @throws 208 */
export function relationOf(session: SessionState, frame: Frame, name: Name): Relation {
  const view = systemView(session, name);
  if (view) return view;
  const object = findObject(session, frame, name);
  // What a procedure reads it may read: its owner has the table, too.
  if (object && frame.procedure === undefined) mayDo(session, object, 'SELECT');
  if (object?.kind === 'table') return { kind: 'table', table: object };
  if (object?.kind === 'view') {
    const statement = definitionOf(object.text);
    if (statement.kind !== 'createView') throw errors.invalidObject(name.join('.'));
    const { query, columns } = statement;
    return {
      kind: 'view',
      query,
      ...(columns && { columns }),
      schema: object.schema,
      name: object.name,
    };
  }
  throw errors.invalidObject(name.join('.'));
}

/** @throws 229 */
export function mayDo(
  session: SessionState,
  { schema, name }: { schema: string; name: string },
  right: 'EXECUTE' | 'SELECT',
): void {
  if (!session.instance.isDenied(schema, name, right)) return;
  throw errors.permissionDenied(right, name, session.database.name, schema);
}

const parsed = new Map<string, Statement>();

/** The statement that created a view or a procedure. */
export function definitionOf(text: string, quotedIdentifier = true): Statement {
  const key = `${quotedIdentifier}${text}`;
  const existing = parsed.get(key);
  if (existing) return existing;
  const [statement] = parseBatch(text, [], quotedIdentifier);
  if (!statement) throw errors.syntaxNear('');
  if (parsed.size > 500) parsed.clear();
  parsed.set(key, statement);
  return statement;
}

/** A T-SQL procedure by name, or undefined. */
export function findProcedure(
  session: SessionState,
  frame: Frame,
  name: Name,
): { database: Database; procedure: StoredProcedure } | undefined {
  const { database } = placeOf(session, name);
  const object = findObject(session, frame, name);
  return object?.kind === 'procedure' ? { database, procedure: object } : undefined;
}

/** `[a].[b]` or `a.b` as its parts; undefined when it is no name. */
export function parseName(text: string): Name | undefined {
  try {
    const reader = newReader(text);
    const name = reader.name();
    return reader.atEnd ? name : undefined;
  } catch {
    return undefined;
  }
}

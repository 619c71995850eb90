/** Text that is run as a batch of its own: EXEC('…'), sp_executesql, a procedure's body. */

import { errors } from '../errors.ts';
import type { SqlValue } from '../procedure.ts';
import type { Connection } from '../storage/connection.ts';
import type { StoredTable } from '../storage/model.ts';
import type { Statement } from '../syntax/ast.ts';
import { parseBatch } from '../syntax/statements.ts';
import { Ended } from './outcome.ts';
import { copyOf, type Frame, isOn, type Request, type SessionState } from './state.ts';

/** The interpreter, handed in: files don't import one another in a circle. */
export type RunStatements = (
  request: Request,
  frame: Frame,
  statements: readonly Statement[],
) => Promise<SqlValue | undefined>;

/** SQL Server's limit on procedures within procedures. */
export const deepestNesting = 32;

/** Runs a procedure's or a text's statements; an error that ends the scope ends here. */
export async function runScope(
  request: Request,
  frame: Frame,
  statements: readonly Statement[],
  run: RunStatements,
): Promise<SqlValue | undefined> {
  try {
    return await run(request, frame, statements);
  } catch (error) {
    if (error instanceof Ended && error.scope === 'scope') return -6;
    throw error;
  }
}

/** With the variables that `frame` brings; options and database are restored afterwards. */
export async function runText(
  request: Request,
  text: string,
  frame: Frame,
  run: RunStatements,
): Promise<SqlValue | undefined> {
  const { session } = request;
  if (session.nesting >= deepestNesting) throw errors.nestingLimit();
  const isQuoted = isOn(session.options, 'QUOTED_IDENTIFIER');
  const statements = parseBatch(text, frame.variables.keys(), isQuoted);
  const options = copyOf(session.options);
  const database = session.database;
  const temporary = temporaryTables(session);
  session.nesting++;
  try {
    return await runScope(request, frame, statements, run);
  } finally {
    session.nesting--;
    session.options = { ...options, identityInsert: session.options.identityInsert };
    session.use(database);
    dropTemporary(session, temporary);
  }
}

/** Temporary tables that there are; a scope drops at its end what it has added. */
export function temporaryTables(session: SessionState): ReadonlySet<string> {
  const connection = session.connection();
  return new Set(
    connection.hasTemporary ? connection.temporary.tables().map((table) => table.name) : [],
  );
}

export function dropTemporary(session: SessionState, kept: ReadonlySet<string>): void {
  const connection = session.connection();
  if (!connection.hasTemporary) return;
  for (const table of connection.temporary.tables()) {
    if (!kept.has(table.name) && !connection.temporary.rest(table)) dropTable(connection, table);
  }
}

/** A batch's own temporary tables outlive it, its table variables don't. */
export function dropTableVariables(session: SessionState, frame: Frame): void {
  const connection = session.connection();
  for (const { name } of frame.tableVariables.values()) {
    const table = connection.temporary.find('', name);
    if (table?.kind === 'table') dropTable(connection, table);
  }
}

function dropTable(connection: Connection, table: StoredTable): void {
  connection.sqlite.exec(`DROP TABLE ${table.sql}`);
  connection.temporary.remove(table);
}

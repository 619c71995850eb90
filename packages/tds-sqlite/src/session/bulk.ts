/** `insert bulk`: rows that come without SQL. */

import { errors } from '../errors.ts';
import type { SqlValue } from '../procedure.ts';
import type { Column } from '../tds/backend.ts';
import { parseType } from '../values/types.ts';
import { insertValues } from './insert.ts';
import { targetTable } from './output.ts';
import type { Frame, Request } from './state.ts';

/** Rows written in one go. */
const chunk = 500;

/** All rows in one transaction, as one statement. */
export async function bulkInsert(
  request: Request,
  frame: Frame,
  name: string[],
  columns: readonly Column[],
  rows: AsyncIterable<readonly SqlValue[]>,
): Promise<void> {
  const { session, sink, signal } = request;
  const table = targetTable(session, frame, name);
  if (columns.length === 0) throw errors.insertMismatch();
  const given = columns.map((column) => ({
    name: column.name,
    type: parseType(column.type),
    nullable: true,
  }));
  const names = columns.map((column) => column.name);
  const own = session.transaction.count === 0;
  if (own) session.transaction.begin();
  try {
    let rowCount = 0;
    let pending: SqlValue[][] = [];
    const flush = async () => {
      rowCount += await insertValues(request, frame, table, names, given, pending);
      pending = [];
    };
    for await (const row of rows) {
      signal.throwIfAborted();
      pending.push([...row]);
      if (pending.length >= chunk) await flush();
    }
    if (pending.length) await flush();
    if (own) session.transaction.commit();
    sink.done({ rowCount });
  } catch (error) {
    if (own) session.transaction.abandon();
    throw error;
  }
}

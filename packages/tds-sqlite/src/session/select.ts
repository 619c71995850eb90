/** SELECT: rows to the client, values to variables, or a new table. */

import { errors } from '../errors.ts';
import type { SqlValue } from '../procedure.ts';
import type { Connection } from '../storage/connection.ts';
import type { Query, Select } from '../syntax/ast.ts';
import type { TranslatedQuery, Translation } from '../translate/context.ts';
import { convert } from '../values/convert.ts';
import { fromStored, type Stored } from '../values/stored.ts';
import { createFromColumns } from './create-table.ts';
import { guardSqlite, translation } from './evaluate.ts';
import { insertRows } from './modify.ts';
import { isTemporary } from './names.ts';
import type { Frame, Request } from './state.ts';

/** Rows between two looks at the client's buffer and at the other sessions. */
const rowsBetweenPauses = 64;

/** @returns the number of rows */
export async function runSelect(request: Request, frame: Frame, query: Query): Promise<number> {
  const { session, signal } = request;
  const select = query.body.kind === 'select' ? query.body : undefined;
  if (select?.into) return selectInto(request, frame, query, select, select.into);
  const context = translation(session, frame);
  const assigned = assignments(select);
  const translated = context.query(query);
  await lockForRead(request, context);
  const connection = session.connection();
  if (assigned) return assign(connection, frame, context, translated, assigned, query);
  request.sink.columns(
    translated.columns.map(({ name, type, nullable }) => ({ name, type: type.text, nullable })),
  );
  const types = translated.columns.map((column) => column.type);
  const limit = session.options.rowCountLimit || Number.POSITIVE_INFINITY;
  let count = 0;
  const rows = guardSqlite(connection, 'SELECT', () =>
    connection.rows(translated.sql, context.parameters),
  );
  for (;;) {
    const next = guardSqlite(connection, 'SELECT', () => rows.next());
    if (next.done) break;
    try {
      request.sink.row(
        next.value.map((raw, index) => fromStored(raw, types[index] ?? columnTypeMissing())),
      );
      count++;
      if (count >= limit) {
        rows.return?.();
        break;
      }
      if (count % rowsBetweenPauses === 0) {
        await request.sink.ready();
        signal.throwIfAborted();
      }
    } catch (error) {
      rows.return?.();
      throw error;
    }
  }
  return count;
}

function columnTypeMissing(): never {
  throw new RangeError('a row has more values than its statement has columns');
}

/** Locking hints and isolation levels: here only a writer can keep others from writing. */
async function lockForRead({ session, signal }: Request, context: Translation): Promise<void> {
  if (session.transaction.count === 0 || session.transaction.doomed) return;
  const { isolation } = session.options;
  if (
    context.locks ||
    isolation === 'serializable' ||
    isolation === 'repeatable read' ||
    isolation === 'snapshot'
  ) {
    await session.lock(session.database, signal);
  }
}

/** The variables of `SELECT @a = …`; all items must be assignments, or none. @throws 141 */
function assignments(select: Select | undefined): string[] | undefined {
  const names = (select?.items ?? []).flatMap((item) =>
    item.kind === 'assign' ? [item.variable] : [],
  );
  if (names.length === 0) return undefined;
  if (names.length !== select?.items.length) throw errors.assignAndRetrieve();
  return names;
}

/** The last row wins; without rows the variables keep their values. */
function assign(
  connection: Connection,
  frame: Frame,
  context: Translation,
  translated: TranslatedQuery,
  names: string[],
  query: Query,
): number {
  const targets = names.map((name) => {
    const variable = frame.variables.get(name.toLowerCase());
    if (!variable) throw errors.undeclaredVariable(name);
    return variable;
  });
  let count = 0;
  const refersToItself = usesVariables(query, names);
  const rows = guardSqlite(connection, 'SELECT', () => [
    ...connection.rows(translated.sql, context.parameters),
  ]);
  const set = (row: Stored[]) => {
    const values = translated.columns.map(
      ({ type }, index): SqlValue =>
        convert(fromStored(row[index] ?? null, type), type, targets[index]?.type ?? type),
    );
    targets.forEach((target, index) => {
      target.value = values[index] ?? null;
    });
  };
  if (!refersToItself || rows.length <= 1) {
    const last = rows.at(-1);
    if (last) set(last);
    return rows.length;
  }
  // SELECT @x = @x + column: row after row, each seeing what the last one left.
  for (let place = 0; place < rows.length; place++) {
    const again = translationLike(context);
    const sql = `SELECT * FROM (${again.query(query).sql}) LIMIT 1 OFFSET ${place}`;
    const row = guardSqlite(connection, 'SELECT', () => connection.first(sql, again.parameters));
    if (row) set(row);
    count++;
  }
  return count;
}

const translationLike = (context: Translation): Translation =>
  new (context.constructor as typeof Translation)(context.environment, context.rules);

function usesVariables(query: Query, names: string[]): boolean {
  const items = query.body.kind === 'select' ? query.body.items : [];
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const text = JSON.stringify(
    items.map((item) => (item.kind === 'assign' ? item.expression : null)),
  );
  return [...text.matchAll(/"kind":"variable","name":"(@[^"]+)"/g)].some((match) =>
    wanted.has((match[1] ?? '').toLowerCase()),
  );
}

async function selectInto(
  request: Request,
  frame: Frame,
  query: Query,
  select: Select,
  into: string[],
): Promise<number> {
  const { session, signal } = request;
  const { into: _into, ...plain } = select;
  const context = translation(session, frame);
  const translated = context.query({ ...query, body: plain });
  const work = (connection: Connection) => {
    const table = createFromColumns(session, into, translated.columns);
    return insertRows(connection, table, translated, context.parameters);
  };
  return isTemporary(into) && session.transaction.count === 0
    ? session.writeTemporary(work)
    : session.write(session.database, signal, work);
}

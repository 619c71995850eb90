/** Runs statements: control of flow, errors, and whom each statement is handed to. */

import { setTimeout as delay } from 'node:timers/promises';
import { errors } from '../errors.ts';
import { SqlServerError, type SqlValue } from '../procedure.ts';
import type { Statement } from '../syntax/ast.ts';
import { convert } from '../values/convert.ts';
import { types } from '../values/types.ts';
import { alterDatabase } from './alter-database.ts';
import { runDelete, runUpdate } from './change.ts';
import { createTableVariable } from './create-table.ts';
import { define, isDefinition } from './define.ts';
import { evaluate, evaluateAs, holds } from './evaluate.ts';
import { executeStatement, executeText, insertFromExecute } from './execute.ts';
import { runInsert } from './insert.ts';
import { runMerge } from './merge.ts';
import { setOption } from './options.ts';
import { caughtFrom, Ended, effectOf, located, raised, raisedBy } from './outcome.ts';
import { messageOf, print, raiserror, throwError } from './raise.ts';
import { runSelect } from './select.ts';
import type { Frame, Request } from './state.ts';
import { transactionStatement } from './transaction-statements.ts';

/** How a statement ended: on to the next, or out of a loop or procedure. */
type Flow = 'next' | 'break' | 'continue' | { returned: SqlValue };

/** @returns the value of RETURN, if any */
export async function runStatements(
  request: Request,
  frame: Frame,
  statements: readonly Statement[],
): Promise<SqlValue | undefined> {
  const flow = await runBlock(request, frame, statements);
  return typeof flow === 'object' ? flow.returned : undefined;
}

async function runBlock(
  request: Request,
  frame: Frame,
  statements: readonly Statement[],
): Promise<Flow> {
  for (const statement of statements) {
    const flow = await runGuarded(request, frame, statement);
    if (flow !== 'next') return flow;
  }
  return 'next';
}

/** One statement; its error is reported here, unless a TRY block is waiting for it. */
async function runGuarded(request: Request, frame: Frame, statement: Statement): Promise<Flow> {
  const { session, signal } = request;
  signal.throwIfAborted();
  try {
    const flow = await runStatement(request, frame, statement);
    if (!keepsLastError.has(statement.kind)) session.lastError = 0;
    return flow;
  } catch (error) {
    if (signal.aborted || !(error instanceof SqlServerError)) throw error;
    const place = located(error, statement.line, frame.procedure);
    const by = raisedBy(error);
    if (by) raised(place, by);
    throwIfDoomed(request, frame, place, by);
    return 'next';
  }
}

/** Statements that are made of others, which have set @@ERROR themselves; and those that only look. */
const keepsLastError = new Set<Statement['kind']>([
  'if',
  'while',
  'block',
  'try',
  'raiserror',
  'execute',
  'executeText',
  'declare',
]);

/** Reports the error and decides how much of the batch it ends. */
function throwIfDoomed(
  request: Request,
  frame: Frame,
  error: SqlServerError,
  by: 'throw' | 'raiserror' | undefined,
): void {
  const { session, sink } = request;
  const effect = by === 'throw' ? 'batch' : effectOf(error);
  session.lastError = error.number;
  const { transaction, options } = session;
  const aborts =
    by !== 'raiserror' &&
    (options.xactAbort || (effect === 'batch' && by === undefined)) &&
    effect !== 'scope';
  if (session.tries > 0) {
    if (error.number === 1205) session.endTransaction(sink);
    else if (aborts && transaction.count > 0) transaction.doomed = true;
    throw error;
  }
  for (const one of [error.preceding, error]) {
    if (one === undefined) continue;
    const { number, severity, state, message } = one;
    const place = { ...frame, procedure: error.procedure };
    sink.error(messageOf(request, place, number, severity, state, message, error.line));
  }
  if (aborts) session.endTransaction(sink);
  if (aborts || effect === 'batch') throw new Ended('batch');
  if (effect === 'scope') throw new Ended('scope');
  sink.done({ inProcedure: frame.procedure !== undefined || !frame.outermost });
}

async function runStatement(request: Request, frame: Frame, statement: Statement): Promise<Flow> {
  const { session, sink } = request;
  switch (statement.kind) {
    case 'if': {
      if (holds(session, frame, statement.condition))
        return runGuarded(request, frame, statement.body);
      return statement.otherwise ? runGuarded(request, frame, statement.otherwise) : 'next';
    }
    case 'while':
      return runWhile(request, frame, statement);
    case 'block':
      return runBlock(request, frame, statement.body);
    case 'try':
      return runTry(request, frame, statement);
    case 'break':
    case 'continue':
      return statement.kind;
    case 'return':
      return {
        returned: statement.value ? evaluateAs(session, frame, statement.value, types.int) : null,
      };
    case 'declare':
      declare(request, frame, statement);
      return 'next';
    case 'setVariable': {
      const variable = frame.variables.get(statement.name.toLowerCase());
      if (!variable) throw errors.undeclaredVariable(statement.name);
      variable.value = evaluateAs(session, frame, statement.value, variable.type);
      session.rowCount = 1;
      return 'next';
    }
    case 'setOption':
      setOption(session, frame, statement);
      return 'next';
    case 'use': {
      const database = session.instance.database(statement.database);
      if (!database) throw errors.databaseNotFound(statement.database);
      const before = session.database.name;
      session.use(database);
      sink.environment('database', database.name, before);
      sink.info(
        messageOf(
          request,
          frame,
          5701,
          0,
          2,
          `Changed database context to '${database.name}'.`,
          statement.line,
        ),
      );
      return 'next';
    }
    case 'print':
      print(request, frame, statement);
      return 'next';
    case 'raiserror':
      raiserror(request, frame, statement);
      return 'next';
    case 'throw':
      return throwError(request, frame, statement);
    case 'waitfor':
      await waitFor(request, frame, statement);
      return 'next';
    case 'begin':
    case 'commit':
    case 'rollback':
    case 'save':
      transactionStatement(request, frame, statement);
      return 'next';
    case 'execute':
      await executeStatement(request, frame, statement, runStatements);
      return 'next';
    case 'executeText':
      await executeText(request, frame, statement, runStatements);
      return 'next';
    case 'alterDatabase':
      alterDatabase(session, statement);
      sink.done({ inProcedure: !frame.outermost });
      return 'next';
    case 'accepted':
    case 'insertBulk':
      sink.done({ inProcedure: !frame.outermost });
      return 'next';
    case 'kill': {
      if (session.instance.denied.has('ALTER ANY CONNECTION')) throw errors.killDenied();
      const other = session.instance.sessions.get(statement.session);
      if (statement.session === session.spid) throw errors.killSelf();
      if (!other) throw errors.killUnknown(statement.session);
      other.kill();
      return 'next';
    }
    default:
      await runData(request, frame, statement);
      return 'next';
  }
}

/** Statements on tables: they count rows and answer DONE. */
async function runData(request: Request, frame: Frame, statement: Statement): Promise<void> {
  const { session, sink } = request;
  beginImplicitly(request, statement);
  const inProcedure = !frame.outermost;
  if (isDefinition(statement)) {
    await define(request, frame, statement);
    session.rowCount = 0;
    sink.done({ inProcedure });
    return;
  }
  const rowCount = await runCounted(request, frame, statement);
  session.rowCount = rowCount;
  sink.done({ ...(!session.options.noCount && { rowCount }), inProcedure });
}

async function runCounted(request: Request, frame: Frame, statement: Statement): Promise<number> {
  switch (statement.kind) {
    case 'select':
      return runSelect(request, frame, statement.query);
    case 'insert':
      if (statement.source.kind === 'execute')
        return insertFromExecute(request, frame, statement, runStatements);
      return runInsert(request, frame, statement);
    case 'update':
      return runUpdate(request, frame, statement);
    case 'delete':
      return runDelete(request, frame, statement);
    case 'merge':
      return runMerge(request, frame, statement);
    default:
      throw errors.invalidUse(statement.kind);
  }
}

function beginImplicitly({ session, sink }: Request, statement: Statement): void {
  if (!session.options.implicitTransactions || session.transaction.count > 0) return;
  if (
    statement.kind === 'select' &&
    statement.query.body.kind === 'select' &&
    statement.query.body.from.length === 0
  )
    return;
  session.transaction.begin();
  sink.transaction('begin', session.transaction.id);
}

async function runWhile(
  request: Request,
  frame: Frame,
  statement: Extract<Statement, { kind: 'while' }>,
): Promise<Flow> {
  for (let round = 1; holds(request.session, frame, statement.condition); round++) {
    // A loop without I/O must not keep other sessions and attentions waiting.
    if (round % 50 === 0) await request.sink.ready();
    request.signal.throwIfAborted();
    const flow = await runGuarded(request, frame, statement.body);
    if (flow === 'break') break;
    if (typeof flow === 'object') return flow;
  }
  return 'next';
}

async function runTry(
  request: Request,
  frame: Frame,
  statement: Extract<Statement, { kind: 'try' }>,
): Promise<Flow> {
  const { session } = request;
  session.tries++;
  let failure: SqlServerError;
  try {
    return await runBlock(request, frame, statement.body);
  } catch (error) {
    if (request.signal.aborted || !(error instanceof SqlServerError) || error.severity >= 20)
      throw error;
    failure = error;
  } finally {
    session.tries--;
  }
  session.caught.push(caughtFrom(failure));
  session.lastError = failure.number;
  try {
    return await runBlock(request, frame, statement.handler);
  } finally {
    session.caught.pop();
  }
}

function declare(
  { session }: Request,
  frame: Frame,
  statement: Extract<Statement, { kind: 'declare' }>,
): void {
  for (const declared of statement.variables) {
    const key = declared.name.toLowerCase();
    if ('table' in declared) {
      if (!frame.tableVariables.has(key)) {
        frame.tableVariables.set(
          key,
          session.writeTemporary(() =>
            createTableVariable(
              session,
              declared.name,
              declared.table,
              frame.procedure !== undefined,
            ),
          ),
        );
      }
      continue;
    }
    // Declared again by a loop: keeps its value unless it is given one.
    const variable = frame.variables.get(key) ?? { type: declared.type, value: null };
    frame.variables.set(key, variable);
    if (declared.value) {
      const { value, type } = evaluate(session, frame, declared.value);
      variable.value = convert(value, type, declared.type);
    }
  }
}

async function waitFor(
  { session, signal }: Request,
  frame: Frame,
  statement: Extract<Statement, { kind: 'waitfor' }>,
): Promise<void> {
  const text = String(evaluateAs(session, frame, statement.value, types.nvarchar4000) ?? '');
  const match =
    /^\s*(?:1900-01-01[T ])?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,3})\d*)?)?\s*$/.exec(text);
  if (!match) throw errors.negativeWait(text);
  const [hours, minutes, seconds, milliseconds] = [
    match[1],
    match[2],
    match[3] ?? 0,
    (match[4] ?? '').padEnd(3, '0'),
  ].map(Number) as [number, number, number, number];
  let wait = ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
  if (statement.unit === 'TIME') {
    const now = Date.now() % 86_400_000;
    wait = (wait - now + 86_400_000) % 86_400_000;
  }
  await delay(wait, undefined, { signal });
}

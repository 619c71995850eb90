/** Procedures written in TypeScript: the context they are given. */

import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { errors } from '../errors.ts';
import type { Procedure, ProcedureContext, SqlValue } from '../procedure.ts';
import { SqlServerError } from '../procedure.ts';
import type { Name } from '../syntax/ast.ts';
import { coerce } from '../values/convert.ts';
import { parseType, type SqlType, types } from '../values/types.ts';
import { type Argument, type Bound, bindArguments, type Parameter } from './arguments.ts';
import { contextText } from './call-log.ts';
import { faultsBefore, logFailure, type Outcome } from './calls.ts';
import type { Database } from './database.ts';
import { parseName } from './names.ts';
import { messageOf } from './raise.ts';
import { sqliteError } from './sqlite-errors.ts';
import { newFrame, type Request } from './state.ts';
import { begin, commit } from './transaction-statements.ts';

/** Calls another procedure of the same database. */
export type CallOther = (request: Request, name: Name, args: Argument[]) => Promise<Outcome>;

const parametersOf = (procedure: Procedure): Parameter[] =>
  procedure.parameters.map((parameter) => {
    const type = parseType(parameter.type);
    return {
      name: parameter.name,
      type,
      output: parameter.output === true,
      ...(parameter.default !== undefined && { default: coerce(parameter.default, type) }),
      // An output parameter need not be given a value.
      ...(parameter.output && parameter.default === undefined && { default: null }),
    };
  });

export async function runHosted(
  request: Request,
  database: Database,
  procedure: Procedure,
  args: Argument[],
  callOther: CallOther,
): Promise<Outcome> {
  const { session } = request;
  const parameters = parametersOf(procedure);
  const bound = bindArguments(procedure.name.split('.').at(-1) ?? procedure.name, parameters, args);
  const values = Object.fromEntries(
    parameters.map(({ name }) => [name.slice(1), bound.get(name.toLowerCase())?.value ?? null]),
  );
  const outputs = new Map<string, { type: SqlType; value: SqlValue }>(
    parameters
      .filter((parameter) => parameter.output)
      .map(({ name }) => [name.toLowerCase(), outputOf(bound, name)]),
  );
  const call = session.instance.callLog.start({
    procedure: procedure.name,
    database: database.name,
    server: database.server,
    session: session.spid,
    context: contextText(session),
    parameters: values,
  });
  const before = session.database;
  session.use(database);
  try {
    await faultsBefore(request, procedure.name, database, values);
    const context = new HostedContext(request, database, procedure, values, outputs, callOther);
    const returned = await procedure.run(context);
    await context.finish();
    session.instance.callLog.end(call, 'ok');
    return { returned: returned ?? 0, outputs };
  } catch (error) {
    // A procedure that swallowed the abort and failed of it later is cancelled all the same.
    const known = request.signal.aborted
      ? request.signal.reason
      : sqliteError(asSqlError(error, procedure.name), session.connection(), 'EXECUTE');
    logFailure(request, call, known);
    throw known;
  } finally {
    session.use(before);
  }
}

function outputOf(bound: Map<string, Bound>, name: string): { type: SqlType; value: SqlValue } {
  const parameter = bound.get(name.toLowerCase());
  return { type: parameter?.type ?? types.int, value: parameter?.value ?? null };
}

/** Errors carry the procedure's name. */
function asSqlError(error: unknown, procedure: string): unknown {
  if (!(error instanceof SqlServerError) || error.procedure !== undefined) return error;
  const { number, message, severity, state, line } = error;
  return new SqlServerError(number, message, { severity, state, line, procedure });
}

class HostedContext implements ProcedureContext {
  readonly parameters: Readonly<Record<string, SqlValue>>;
  readonly signal: AbortSignal;
  readonly #request: Request;
  readonly #database: Database;
  readonly #procedure: Procedure;
  readonly #outputs: Map<string, { type: SqlType; value: SqlValue }>;
  readonly #callOther: CallOther;

  constructor(
    request: Request,
    database: Database,
    procedure: Procedure,
    parameters: Readonly<Record<string, SqlValue>>,
    outputs: Map<string, { type: SqlType; value: SqlValue }>,
    callOther: CallOther,
  ) {
    this.parameters = parameters;
    this.signal = request.signal;
    this.#request = request;
    this.#database = database;
    this.#procedure = procedure;
    this.#outputs = outputs;
    this.#callOther = callOther;
  }

  get database() {
    return this.#request.session.connection(this.#database).sqlite;
  }

  linked(databaseName: string) {
    const { session } = this.#request;
    const found = session.instance.database(databaseName);
    if (!found) throw errors.databaseNotFound(databaseName);
    return session.connection(found).sqlite;
  }

  message(text: string): void {
    this.#request.sink.info(
      messageOf(this.#request, newFrame({ procedure: this.#procedure.name }), 50000, 0, 1, text, 1),
    );
  }

  async delay(milliseconds: number): Promise<void> {
    await delay(milliseconds, undefined, { signal: this.signal });
  }

  async breathe(): Promise<void> {
    this.signal.throwIfAborted();
    await nextTurn(undefined, { signal: this.signal });
  }

  async transaction<T>(work: () => Promise<T>): Promise<T> {
    const { session, sink, signal } = this.#request;
    const outermost = session.transaction.count === 0;
    const point = `sys$procedure${session.nesting}`;
    if (outermost) begin(session, sink);
    const { sqlite } = session.connection(this.#database);
    try {
      await session.lock(this.#database, signal);
      if (!outermost) sqlite.exec(`SAVEPOINT "${point}"`);
    } catch (error) {
      if (outermost) session.endTransaction(sink);
      throw error;
    }
    try {
      const result = await work();
      signal.throwIfAborted();
      if (outermost) commit(session, sink);
      else sqlite.exec(`RELEASE "${point}"`);
      return result;
    } catch (error) {
      if (outermost) session.endTransaction(sink);
      else if (sqlite.isTransaction) sqlite.exec(`ROLLBACK TO "${point}"; RELEASE "${point}"`);
      throw error;
    }
  }

  affected(rows: number): void {
    const { session, sink } = this.#request;
    session.rowCount = rows;
    sink.done({ ...(!session.options.noCount && { rowCount: rows }), inProcedure: true });
  }

  setOutput(name: string, value: SqlValue): void {
    const key = `@${name.replace(/^@/, '')}`.toLowerCase();
    const output = this.#outputs.get(key);
    if (!output) throw new RangeError(`${this.#procedure.name} has no output parameter ${name}`);
    output.value = coerce(value, output.type);
  }

  resultSet(columns: Record<string, string>, rows: Iterable<readonly SqlValue[]>): void {
    const { session, sink } = this.#request;
    const described = Object.entries(columns).map(([name, type]) => ({
      name,
      type: parseType(type),
    }));
    sink.columns(described.map(({ name, type }) => ({ name, type: type.text, nullable: true })));
    let rowCount = 0;
    for (const row of rows) {
      sink.row(described.map(({ type }, index) => coerce(row[index] ?? null, type)));
      rowCount++;
    }
    sink.done({ ...(!session.options.noCount && { rowCount }), inProcedure: true });
  }

  async execute(name: string, parameters: Record<string, SqlValue> = {}): Promise<number> {
    const parts = parseName(name);
    if (!parts) throw errors.procedureNotFound(name);
    const args = Object.entries(parameters).map(
      ([key, value]): Argument => ({
        name: key.startsWith('@') ? key : `@${key}`,
        ...natural(value),
        output: false,
        isDefault: false,
      }),
    );
    return (await this.#callOther(this.#request, parts, args)).returned;
  }

  /** Nothing is left half written to the client. */
  async finish(): Promise<void> {
    this.signal.throwIfAborted();
    await this.#request.sink.ready();
  }
}

function natural(value: SqlValue): { value: SqlValue; type: SqlType } {
  if (typeof value === 'number' && !Number.isInteger(value)) return { value, type: types.float };
  if (typeof value === 'number' || typeof value === 'bigint')
    return { value: BigInt(value), type: types.bigint };
  if (typeof value === 'boolean') return { value, type: types.bit };
  return { value, type: value instanceof Uint8Array ? types.varbinaryMax : types.nvarcharMax };
}

/** EXECUTE: procedures in T-SQL and TypeScript, system procedures, and text. */

import { errors } from '../errors.ts';
import { SqlServerError, type SqlValue } from '../procedure.ts';
import type { StoredProcedure } from '../storage/model.ts';
import type {
  Expression,
  InsertStatement,
  Name,
  ParameterDeclaration,
  Statement,
} from '../syntax/ast.ts';
import type { ResponseSink } from '../tds/backend.ts';
import type { ResultColumn } from '../translate/context.ts';
import { convert } from '../values/convert.ts';
import { parseType, type SqlType, types } from '../values/types.ts';
import { type Argument, bindArguments, type Parameter } from './arguments.ts';
import { contextText } from './call-log.ts';
import { faultsBefore, logFailure, type Outcome } from './calls.ts';
import type { Database } from './database.ts';
import { evaluate, evaluateAs } from './evaluate.ts';
import { runHosted } from './hosted.ts';
import { insertValues } from './insert.ts';
import { systemDatabases } from './lock-view.ts';
import { definitionOf, findProcedure, mayDo, parseName, placeOf } from './names.ts';
import { targetTable } from './output.ts';
import { copyOf, type Frame, newFrame, type Request, type SessionState } from './state.ts';
import { checkTransactionCount, systemProcedures } from './system-procedures.ts';
import {
  deepestNesting,
  dropTemporary,
  type RunStatements,
  runScope,
  runText,
  temporaryTables,
} from './text.ts';

export async function executeStatement(
  request: Request,
  frame: Frame,
  statement: Extract<Statement, { kind: 'execute' }>,
  run: RunStatements,
): Promise<void> {
  const { session } = request;
  const name = procedureName(session, frame, statement.procedure);
  const args = statement.args.map(
    (arg): Argument => ({
      ...argumentValue(session, frame, arg.value),
      ...(arg.name !== undefined && { name: arg.name }),
      output: arg.output,
    }),
  );
  for (const arg of statement.args) {
    if (arg.output && arg.value.kind !== 'variable') throw errors.outputNeedsVariable();
  }
  const result = statement.result && frame.variables.get(statement.result.toLowerCase());
  if (statement.result && !result) throw errors.undeclaredVariable(statement.result);
  const outcome = await callProcedure(request, frame, name, args, run);
  if (result) result.value = convert(outcome.returned, types.int, result.type);
  statement.args.forEach((arg, index) => {
    if (!arg.output || arg.value.kind !== 'variable') return;
    const target = frame.variables.get(arg.value.name.toLowerCase());
    const key = args[index]?.boundTo;
    const output = key === undefined ? undefined : outcome.outputs.get(key);
    if (target && output) target.value = convert(output.value, output.type, target.type);
  });
  if (frame.outermost) request.sink.returnStatus(outcome.returned);
}

function procedureName(
  session: SessionState,
  frame: Frame,
  procedure: Name | { variable: string },
): Name {
  if (Array.isArray(procedure)) return procedure;
  const text = String(
    evaluate(session, frame, { kind: 'variable', name: procedure.variable, line: 1 }).value ?? '',
  );
  const name = parseName(text);
  if (!name) throw errors.procedureNotFound(text);
  return name;
}

function argumentValue(
  session: SessionState,
  frame: Frame,
  node: Expression,
): { value: SqlValue; type: SqlType; isDefault: boolean } {
  if (node.kind === 'default') return { value: null, type: types.int, isDefault: true };
  return { ...evaluate(session, frame, node), isDefault: false };
}

/** By any name: a system procedure, one of ours, one in T-SQL. @throws 2812, 201, 8144, 8145 … */
export async function callProcedure(
  request: Request,
  frame: Frame,
  name: Name,
  args: Argument[],
  run: RunStatements,
): Promise<Outcome> {
  const { session } = request;
  if (session.nesting >= deepestNesting) throw errors.nestingLimit();
  const system = systemProcedures[(name.at(-1) ?? '').toLowerCase()];
  const schema = (name.at(-2) ?? '').toLowerCase();
  session.nesting++;
  try {
    if (system && ['', 'sys', 'dbo'].includes(schema))
      return await system(request, frame, args, run, databaseSaid(session, name));
    const place = placeFor(session, name);
    const hosted = hostedProcedure(place.database, frame, place);
    if (hosted) {
      const [schema = 'dbo', own = ''] = hosted.name.split('.');
      if (frame.procedure === undefined) mayDo(session, { schema, name: own }, 'EXECUTE');
      return await runHosted(request, place.database, hosted, args, (inner, other, values) =>
        callProcedure(
          inner,
          newFrame({ schema: hosted.name.split('.')[0] ?? 'dbo' }),
          other,
          values,
          run,
        ),
      );
    }
    const stored = findProcedure(session, frame, name);
    if (!stored) throw errors.procedureNotFound(name.join('.'));
    if (frame.procedure === undefined) mayDo(session, stored.procedure, 'EXECUTE');
    return await runStored(request, stored.database, stored.procedure, args, run);
  } finally {
    session.nesting--;
  }
}

/** Of a system procedure: it is in every database, and works in the one that its name says. */
function databaseSaid({ instance }: SessionState, name: Name): string | undefined {
  const database = name.at(-3) ?? '';
  if (database === '') return undefined;
  const system = systemDatabases.find((one) => one === database.toLowerCase());
  const found = system ?? instance.database(database)?.name;
  if (found === undefined) throw errors.databaseNotFound(database);
  return found;
}

function placeFor(session: SessionState, name: Name) {
  try {
    return placeOf(session, name);
  } catch (error) {
    throw error instanceof SqlServerError ? errors.procedureNotFound(name.join('.')) : error;
  }
}

function hostedProcedure(
  database: Database,
  frame: Frame,
  place: { schema: string; object: string },
) {
  const find = (schema: string) =>
    database.procedures.get(`${schema}.${place.object}`.toLowerCase());
  return place.schema === '' ? (find(frame.schema) ?? find('dbo')) : find(place.schema);
}

/** A procedure written in T-SQL. */
async function runStored(
  request: Request,
  database: Database,
  procedure: StoredProcedure,
  args: Argument[],
  run: RunStatements,
): Promise<Outcome> {
  const { session } = request;
  const statement = definitionOf(procedure.text, procedure.quotedIdentifier);
  if (statement.kind !== 'createProcedure') throw errors.procedureNotFound(procedure.name);
  const spokenName = `${procedure.schema}.${procedure.name}`;
  const before = {
    database: session.database,
    options: copyOf(session.options),
    count: session.transaction.count,
  };
  const parameters = statement.parameters.map((parameter) => declaredParameter(session, parameter));
  const bound = bindArguments(procedure.name, parameters, args);
  const call = session.instance.callLog.start({
    procedure: spokenName,
    database: database.name,
    server: database.server,
    session: session.spid,
    context: contextText(session),
    parameters: Object.fromEntries([...bound].map(([, { name, value }]) => [name.slice(1), value])),
  });
  const inner = newFrame({ procedure: spokenName, schema: procedure.schema });
  for (const [key, { type, value }] of bound) inner.variables.set(key, { type, value });
  session.use(database);
  session.options = copyOf(session.options);
  session.options.others.set('QUOTED_IDENTIFIER', onOff(procedure.quotedIdentifier));
  session.options.others.set('ANSI_NULLS', onOff(procedure.ansiNulls));
  const temporary = temporaryTables(session);
  try {
    await faultsBefore(request, spokenName, database, call.parameters);
    const returned = await runScope(request, inner, statement.body, run);
    session.instance.callLog.end(call, 'ok');
    checkTransactionCount(session, before.count);
    const outputs = new Map(
      parameters
        .filter((parameter) => parameter.output)
        .map((parameter) => [
          parameter.name.toLowerCase(),
          inner.variables.get(parameter.name.toLowerCase()) ?? {
            type: parameter.type,
            value: null,
          },
        ]),
    );
    return { returned: Number(returned ?? 0), outputs };
  } catch (error) {
    if (call.end === undefined) logFailure(request, call, error);
    throw error;
  } finally {
    session.use(before.database);
    session.options = { ...before.options, identityInsert: session.options.identityInsert };
    dropTemporary(session, temporary);
  }
}

const onOff = (value: boolean | undefined) => (value === false ? 'OFF' : 'ON');

function declaredParameter(session: SessionState, parameter: ParameterDeclaration): Parameter {
  const { name, type, output } = parameter;
  if (!parameter.default) return { name, type, output };
  return { name, type, output, default: evaluateAs(session, newFrame(), parameter.default, type) };
}

export async function executeText(
  request: Request,
  frame: Frame,
  statement: Extract<Statement, { kind: 'executeText' }>,
  run: RunStatements,
): Promise<void> {
  const text = statement.parts
    .map((part) => String(evaluate(request.session, frame, part).value ?? ''))
    .join('');
  await runText(request, text, newFrame(), run);
}

/** INSERT … EXECUTE: result sets become rows instead of going to the client. */
export async function insertFromExecute(
  request: Request,
  frame: Frame,
  statement: InsertStatement,
  run: RunStatements,
): Promise<number> {
  const { session } = request;
  const { source } = statement;
  if (source.kind !== 'execute') throw errors.insertExecNested();
  const table = targetTable(session, frame, statement.table);
  const sets: { columns: ResultColumn[]; rows: SqlValue[][] }[] = [];
  const sink = capturing(request.sink, sets);
  const captured: Request = { ...request, sink };
  const inner: Frame = { ...frame, outermost: false };
  if (source.statement.kind === 'execute')
    await executeStatement(captured, inner, source.statement, run);
  else if (source.statement.kind === 'executeText')
    await executeText(captured, inner, source.statement, run);
  let count = 0;
  for (const { columns, rows } of sets)
    count += await insertValues(request, frame, table, statement.columns, columns, rows);
  return count;
}

function capturing(
  sink: ResponseSink,
  sets: { columns: ResultColumn[]; rows: SqlValue[][] }[],
): ResponseSink {
  return {
    columns: (columns) => {
      sets.push({
        columns: columns.map(({ name, type, nullable }) => ({
          name,
          type: parseType(type),
          nullable: nullable ?? true,
        })),
        rows: [],
      });
    },
    row: (values) => {
      sets.at(-1)?.rows.push([...values]);
    },
    done: () => {},
    info: (message) => sink.info(message),
    error: (message) => sink.error(message),
    environment: (change, newValue, oldValue) => sink.environment(change, newValue, oldValue),
    returnStatus: () => {},
    outputParameter: () => {},
    transaction: (change, id) => sink.transaction(change, id),
    ready: () => sink.ready(),
  };
}

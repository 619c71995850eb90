/** The system procedures that clients call: text with parameters, prepared text, application locks. */

import { errors } from '../errors.ts';
import {
  granted,
  invalidCall,
  type LockMode,
  lockModes,
  type OwnerKind,
} from '../locks/app-locks.ts';
import type { SqlValue } from '../procedure.ts';
import type { ParameterDeclaration } from '../syntax/ast.ts';
import { parseParameterList } from '../syntax/statements.ts';
import { convert } from '../values/convert.ts';
import { type SqlType, types } from '../values/types.ts';
import { type Argument, bindArguments, type Parameter } from './arguments.ts';
import type { Outcome } from './calls.ts';
import { evaluateAs } from './evaluate.ts';
import { extendedPropertyProcedures } from './extended-properties.ts';
import { lockName } from './globals.ts';
import { type Frame, newFrame, type Request, type SessionState } from './state.ts';
import { type RunStatements, runText } from './text.ts';

type SystemProcedure = (
  request: Request,
  frame: Frame,
  args: Argument[],
  run: RunStatements,
  /** The one that a name of three parts says, in which the procedure works. */
  database?: string,
) => Promise<Outcome>;

const outcome = (returned: number, outputs: Outcome['outputs'] = new Map()): Outcome => ({
  returned,
  outputs,
});

/** An argument by name or position, as text; undefined when it was not passed. */
function take(args: Argument[], position: number, name: string): Argument | undefined {
  return (
    args.find((arg) => arg.name?.toLowerCase() === name) ??
    (args[position]?.name ? undefined : args[position])
  );
}

const text = (arg: Argument | undefined) =>
  arg === undefined || arg.value === null ? undefined : String(arg.value);

export const systemProcedures: Readonly<Record<string, SystemProcedure>> = {
  sp_executesql: (request, _frame, args, run) => {
    const [statement, declaration, ...values] = args;
    return runDeclared(
      request,
      text(statement) ?? '',
      declaration === undefined ? '' : (text(declaration) ?? ''),
      values,
      run,
    );
  },
  sp_prepare: async (request, _frame, [handle, declaration, statement]) => {
    const id = prepare(request.session, text(declaration) ?? '', text(statement) ?? '');
    return outcome(0, handleOutput(handle, '@handle', id));
  },
  sp_execute: (request, _frame, [handle, ...values], run) =>
    runPrepared(request, handle, values, run),
  sp_prepexec: async (request, _frame, [handle, declaration, statement, ...values], run) => {
    const id = prepare(request.session, text(declaration) ?? '', text(statement) ?? '');
    const result = await runDeclared(
      request,
      text(statement) ?? '',
      text(declaration) ?? '',
      values,
      run,
    );
    return outcome(
      result.returned,
      new Map([...handleOutput(handle, '@handle', id), ...result.outputs]),
    );
  },
  sp_unprepare: async ({ session }, _frame, [handle]) => {
    if (!session.prepared.delete(Number(handle?.value)))
      throw errors.preparedNotFound(String(handle?.value));
    return outcome(0);
  },
  ...extendedPropertyProcedures,
  sp_getapplock: getAppLock,
  sp_releaseapplock: releaseAppLock,
  sp_set_session_context: async ({ session }, _frame, args) => {
    const key = text(take(args, 0, '@key')) ?? '';
    const name = key.toLowerCase();
    if (session.readOnlyContext.has(name)) throw errors.readOnlyKey(key);
    session.context.set(name, take(args, 1, '@value')?.value ?? null);
    if (Number(take(args, 2, '@read_only')?.value ?? 0) !== 0) session.readOnlyContext.add(name);
    return outcome(0);
  },
  sp_reset_connection: async ({ session }) => {
    session.reset(false);
    return outcome(0);
  },
};

/** Output parameters are told by the names that the caller gave them, or by ours. */
function handleOutput(arg: Argument | undefined, name: string, id: number): Outcome['outputs'] {
  if (arg) arg.boundTo = name;
  return new Map([[name, { type: types.int, value: id }]]);
}

function prepare(session: SessionState, declaration: string, statement: string): number {
  const id = Math.max(0, ...session.prepared.keys()) + 1;
  session.prepared.set(id, {
    text: statement,
    declaration,
    parameters: parseParameterList(declaration),
  });
  return id;
}

async function runPrepared(
  request: Request,
  handle: Argument | undefined,
  values: Argument[],
  run: RunStatements,
): Promise<Outcome> {
  const prepared = request.session.prepared.get(Number(handle?.value));
  if (!prepared) throw errors.preparedNotFound(String(handle?.value));
  return runDeclared(request, prepared.text, prepared.declaration, values, run);
}

/** At the end of whatever was executed, text too. @throws 266 */
export function checkTransactionCount({ transaction }: SessionState, before: number): void {
  if (transaction.count !== before) throw errors.transactionCount(before, transaction.count);
}

/** sp_executesql and its kin. @throws 8178 for a parameter that was not passed */
async function runDeclared(
  request: Request,
  statement: string,
  declaration: string,
  args: Argument[],
  run: RunStatements,
): Promise<Outcome> {
  const { session } = request;
  const declared = parseParameterList(declaration);
  const parameters = declared.map((parameter) => parameterOf(session, parameter));
  const missing = parameters.find(
    (parameter, index) =>
      parameter.default === undefined &&
      !args.some((arg, place) =>
        arg.name ? arg.name.toLowerCase() === parameter.name.toLowerCase() : place === index,
      ),
  );
  if (missing)
    throw errors.notSupplied(`(${declaration})${statement}`.slice(0, 4000), missing.name);
  const bound = bindArguments('', parameters, args);
  const frame = newFrame();
  for (const [key, { type, value }] of bound) frame.variables.set(key, { type, value });
  const { count } = session.transaction;
  const returned = await runText(request, statement, frame, run);
  checkTransactionCount(session, count);
  const outputs = new Map<string, { type: SqlType; value: SqlValue }>();
  for (const { name, type, output } of declared) {
    if (output)
      outputs.set(
        name.toLowerCase(),
        frame.variables.get(name.toLowerCase()) ?? { type, value: null },
      );
  }
  return outcome(Number(returned ?? 0), outputs);
}

function parameterOf(
  session: SessionState,
  { name, type, output, default: value }: ParameterDeclaration,
): Parameter {
  return {
    name,
    type,
    output,
    ...(value && { default: evaluateAs(session, newFrame(), value, type) }),
  };
}

const ownerKind = (value: string | undefined): OwnerKind | undefined => {
  const lower = (value ?? 'transaction').toLowerCase();
  return lower === 'session' ? 'Session' : lower === 'transaction' ? 'Transaction' : undefined;
};

async function getAppLock(
  { session, signal }: Request,
  _frame: Frame,
  args: Argument[],
  _run: RunStatements,
  database?: string,
): Promise<Outcome> {
  const resource = text(take(args, 0, '@resource'));
  const wanted = text(take(args, 1, '@lockmode'))?.toLowerCase();
  const mode = lockModes.find(
    (candidate): candidate is LockMode => candidate.toLowerCase() === wanted,
  );
  const owner = ownerKind(text(take(args, 2, '@lockowner')));
  const timeout = take(args, 3, '@locktimeout');
  if (resource === undefined || !mode || !owner) return outcome(invalidCall);
  if (owner === 'Transaction' && session.transaction.count === 0)
    throw errors.appLockWithoutTransaction();
  const wait =
    timeout?.value === undefined || timeout.value === null
      ? session.options.lockTimeout
      : Number(convert(timeout.value, timeout.type, types.int));
  const result = await session.instance.appLocks.get(
    lockName(session, resource.slice(0, 255), database),
    session,
    owner,
    mode,
    wait,
    signal,
  );
  return outcome(result);
}

async function releaseAppLock(
  { session }: Request,
  _frame: Frame,
  args: Argument[],
  _run: RunStatements,
  database?: string,
): Promise<Outcome> {
  const resource = text(take(args, 0, '@resource'));
  const owner = ownerKind(text(take(args, 1, '@lockowner')));
  if (resource === undefined || !owner) return outcome(invalidCall);
  const name = lockName(session, resource.slice(0, 255), database);
  if (!session.instance.appLocks.release(name, session, owner)) {
    throw errors.releaseNotHeld('public', resource);
  }
  return outcome(granted);
}

/** What SQL Server finds wrong with a batch before any of it runs, beyond its grammar. */

import { errors } from '../errors.ts';
import { SqlServerError } from '../procedure.ts';
import type { Statement } from './ast.ts';

interface Known {
  variables: Set<string>;
  tables: Set<string>;
  loops: number;
}

/**
 * @param declared names with `@` that the batch can use from its start
 * @throws 134, 135, 136, 137, 1087
 */
export function checkBatch(
  statements: readonly Statement[],
  declared: Iterable<string> = [],
): void {
  const known: Known = {
    variables: new Set([...declared].map((name) => name.toLowerCase())),
    tables: new Set(),
    loops: 0,
  };
  for (const statement of statements) check(statement, known, statement.line);
}

function at(error: SqlServerError, line: number): SqlServerError {
  const { number, message, severity, state } = error;
  return new SqlServerError(number, message, { severity, state, line });
}

function useVariable(name: string, known: Known, line: number): void {
  if (name.startsWith('@@') || known.variables.has(name.toLowerCase())) return;
  throw at(errors.undeclaredVariable(name), line);
}

function useTable(name: string, known: Known, line: number): void {
  if (!known.tables.has(name.toLowerCase())) throw at(errors.mustDeclareTable(name), line);
}

/** Members that hold the name of a variable that is assigned to. */
const assigned: Record<string, string> = {
  setVariable: 'name',
  assign: 'variable',
  execute: 'result',
};

function check(node: unknown, known: Known, line: number): void {
  if (Array.isArray(node)) {
    for (const item of node) check(item, known, line);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const object = node as Record<string, unknown>;
  const own = typeof object['line'] === 'number' && object['line'] > 0 ? object['line'] : line;
  switch (object['kind']) {
    case 'createProcedure': {
      const { body, parameters } = object as Extract<Statement, { kind: 'createProcedure' }>;
      checkBatch(
        body,
        parameters.map((parameter) => parameter.name),
      );
      return;
    }
    case 'declare':
      declare(object as Extract<Statement, { kind: 'declare' }>, known, own);
      return;
    case 'break':
      if (known.loops === 0) throw at(errors.breakOutsideLoop(), own);
      return;
    case 'continue':
      if (known.loops === 0) throw at(errors.continueOutsideLoop(), own);
      return;
    case 'while':
      check(object['condition'], known, own);
      known.loops++;
      check(object['body'], known, own);
      known.loops--;
      return;
    case 'variable':
      useVariable(String(object['name']), known, own);
      return;
    case 'tableVariable':
      useTable(String(object['name']), known, own);
      return;
    default:
  }
  const target = assigned[String(object['kind'])];
  const name = target === undefined ? undefined : object[target];
  if (typeof name === 'string') useVariable(name, known, own);
  for (const key of ['table', 'target']) {
    const path = object[key];
    if (Array.isArray(path) && typeof path[0] === 'string' && path[0].startsWith('@'))
      useTable(path[0], known, own);
  }
  for (const value of Object.values(object)) check(value, known, own);
}

function declare(
  statement: Extract<Statement, { kind: 'declare' }>,
  known: Known,
  line: number,
): void {
  for (const variable of statement.variables) {
    const key = variable.name.toLowerCase();
    if (known.variables.has(key) || known.tables.has(key))
      throw at(errors.duplicateVariable(variable.name), line);
    if ('table' in variable) known.tables.add(key);
    else {
      check(variable.value, known, line);
      known.variables.add(key);
    }
  }
}

/** EXECUTE: procedures and text. */

import type { ExecuteArgument, Expression, Statement } from './ast.ts';
import { parseExpression } from './expressions.ts';
import type { Reader } from './reader.ts';

export function parseExecute(reader: Reader): Statement {
  const { line } = reader;
  if (!reader.accept('EXEC')) reader.accept('EXECUTE');
  if (reader.is('(')) {
    reader.next();
    const parts = [parseExpression(reader)];
    reader.expect(')');
    if (reader.accept('AS')) while (!reader.atEnd && !reader.is(';')) reader.next();
    return { kind: 'executeText', parts, line };
  }
  let result: string | undefined;
  if (reader.token.kind === 'variable' && reader.ahead(1).upper === '=') {
    result = reader.variable();
    reader.next();
  }
  const procedure =
    reader.token.kind === 'variable' ? { variable: reader.variable() } : reader.name();
  const args: ExecuteArgument[] = [];
  if (startsArgument(reader)) args.push(...reader.list(() => argument(reader)));
  if (reader.accept('WITH')) reader.expect('RECOMPILE');
  return { kind: 'execute', ...(result !== undefined && { result }), procedure, args, line };
}

function startsArgument(reader: Reader): boolean {
  const { kind, upper } = reader.token;
  if (kind === 'end') return false;
  if (kind === 'symbol') return upper === '-' || upper === '+';
  if (kind !== 'word') return true;
  return upper === 'NULL' || upper === 'DEFAULT' || reader.isIdentifier();
}

/** Arguments are constants, variables, DEFAULT or bare words (taken as text); no expressions. */
function argument(reader: Reader): ExecuteArgument {
  let name: string | undefined;
  if (reader.token.kind === 'variable' && reader.ahead(1).upper === '=') {
    name = reader.variable();
    reader.next();
  }
  const { line, token } = reader;
  let value: Expression;
  if (token.kind === 'word' && reader.isIdentifier()) {
    value = { kind: 'literal', type: 'nstring', text: reader.next().text, line };
  } else if (token.kind === 'word' && (token.upper === 'NULL' || token.upper === 'DEFAULT')) {
    reader.next();
    value = { kind: token.upper === 'NULL' ? 'null' : 'default', line };
  } else if (token.kind === 'quoted') {
    value = { kind: 'literal', type: 'nstring', text: reader.next().text, line };
  } else {
    const negative = reader.is('-', '+') ? reader.next().upper : '';
    const operand = reader.token;
    if (!['number', 'string', 'nstring', 'binary', 'variable'].includes(operand.kind))
      throw reader.unexpected();
    reader.next();
    const plain: Expression =
      operand.kind === 'variable'
        ? { kind: 'variable', name: operand.text, line }
        : { kind: 'literal', type: operand.kind as 'number', text: operand.text, line };
    value = negative === '-' ? { kind: 'unary', operator: '-', operand: plain, line } : plain;
  }
  const output = reader.accept('OUTPUT') || reader.accept('OUT');
  return { ...(name !== undefined && { name }), value, output };
}

/** What SQL Server would refuse of an expression, as far as its text tells. */

import { faultAt, type Path, shown } from '../../../faults/catalog-error.ts';
import { placed, splitAtCommas, type Token, textOf, trimmed } from '../../sql/sql-tokens.ts';
import {
  endsOperand,
  isClause,
  isConstant,
  isKeyword,
  isName,
  isWord,
  unsortedType,
} from '../../sql/sql-words.ts';

/** Faults of one expression, or of one condition: what it is not, and parentheses. */
export function expressionFaults(tokens: readonly Token[], path: Path): string[] {
  const faults = [...parenthesesFaults(tokens, path), ...bindFaults(tokens, path)];
  if (faults.length > 0) return faults;
  const ink = placed(tokens).filter(({ token, depth }) => depth === 0 && token.kind !== 'space');
  const [first] = ink;
  if (first === undefined) return [faultAt(path, 'empty; use an SQL expression')];
  if (splitAtCommas(tokens).length > 1) {
    return [faultAt(path, 'a comma is not allowed here; use one SQL expression')];
  }
  const clause = ink.find(
    ({ token }, index) =>
      isClause(token) &&
      ink[index - 1]?.token.text !== '.' &&
      !isWord(ink[index - 1]?.token, 'DISTINCT', 'WITHIN'),
  );
  const how = isWord(first.token, 'DISTINCT', 'TOP') ? first : clause;
  if (how !== undefined) {
    const use = 'use one SQL expression, a query in parentheses';
    return [faultAt(path, `${shown(how.token.text)} is not allowed here; ${use}`)];
  }
  return operandFaults(
    ink.map(({ token }) => token),
    path,
  );
}

const operators = new Set('+-*/%=<>&|^,.'.split(''));

/** Two operands need an operator between them, and an operator needs two operands. */
function operandFaults(ink: readonly Token[], path: Path): string[] {
  const isOperator = (token: Token | undefined) =>
    token?.kind === 'symbol' && operators.has(token.text);
  const last = ink.at(-1);
  if (last && (isOperator(last) || isWord(last, 'AND', 'OR', 'NOT'))) {
    return [faultAt(path, `${shown(last.text)} is at its end; use an SQL expression`)];
  }
  const pair = ink.findIndex((token, index) => {
    const before = ink[index - 1];
    const begins = token.kind === 'string' || token.kind === 'quoted' || token.kind === 'word';
    return before && endsOperand(before) && begins && !isKeyword(token) && !isKeyword(before);
  });
  const [one, other] = [ink[pair - 1], ink[pair]];
  if (!one || !other) return [];
  const both = `${one.text} ${other.text}`;
  return [faultAt(path, `${shown(both)}: an operator is missing between them`)];
}

export function parenthesesFaults(tokens: readonly Token[], path: Path): string[] {
  const inside = placed(tokens);
  const open = tokens.filter(({ kind, text }) => kind === 'symbol' && text === '(').length;
  const close = tokens.filter(({ kind, text }) => kind === 'symbol' && text === ')').length;
  if (open > close) return [faultAt(path, 'a parenthesis is not closed; add )')];
  const isEarly = inside.some(({ depth }) => depth < 0);
  return open < close || isEarly ? [faultAt(path, 'a ) too much; leave it out')] : [];
}

function bindFaults(tokens: readonly Token[], path: Path): string[] {
  const bind = tokens.find(({ kind }) => kind === 'bind');
  return bind ? [faultAt(path, `${bind.text} is for the dataset's sql; leave it out here`)] : [];
}

/** Faults of what rows are sorted by, without its direction. */
export function sortFaults(expression: readonly Token[], path: Path): string[] {
  const faults = expressionFaults(expression, path);
  if (faults.length > 0) return faults;
  const text = shown(textOf(trimmed(expression)));
  if (isConstant(expression)) {
    return [faultAt(path, `${text} is the same for all rows; sort by a column`)];
  }
  return unsortedFaults(expression, path);
}

/** SQL Server compares no xml (305), and no text, ntext or image (306). */
export function unsortedFaults(expression: readonly Token[], path: Path): string[] {
  const type = unsortedType(expression)?.toLowerCase();
  if (type === undefined) return [];
  const text = shown(textOf(trimmed(expression)));
  return [faultAt(path, `${text} is ${type}, which cannot be compared; use nvarchar`)];
}

/** Names of common table expressions: `WITH x AS (…), y (a, b) AS (…)`. */
export function commonTables(tokens: readonly Token[]): { name: string; text: string }[] {
  return splitAtCommas(tokens).flatMap((part) => {
    const first = part.find(isName);
    return first === undefined ? [] : [{ name: first.name, text: textOf(part) }];
  });
}

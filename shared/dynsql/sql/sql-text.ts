/** What a definition's pieces of SQL consist of: a dataset's query, a field, a key. */

import { placed, splitAtCommas, type Token, tokensOf, trimmed } from './sql-tokens.ts';
import { endsOperand, isKeyword, isName, isWord } from './sql-words.ts';

/** A dataset's query without its order. */
export interface DatasetSql {
  /** Its common table expressions, without WITH. */
  readonly tables: readonly Token[];
  /** From SELECT {FIELDS} on, without DISTINCT. */
  readonly body: readonly Token[];
  readonly isDistinct: boolean;
  /** Of the ORDER BY at its end. */
  readonly order: readonly OrderItem[];
}

/** One thing to sort by. */
export interface OrderItem {
  readonly expression: readonly Token[];
  readonly collation: string | undefined;
  readonly descending: boolean;
}

/** `{ORDERBY}` and a trailing ORDER BY are taken out: each level is sorted in its own way. */
export function datasetSql(sql: string): DatasetSql {
  const tokens = tokensOf(sql).filter(
    ({ kind, name }) => !(kind === 'placeholder' && name === 'ORDERBY'),
  );
  const outer = placed(tokens).filter(({ depth, token }) => depth === 0 && token.kind === 'word');
  const with_ = outer[0]?.token.name === 'WITH' ? outer[0].index + 1 : 0;
  const select = with_ === 0 ? 0 : outer.find(({ token }) => token.name === 'SELECT')?.index;
  const own = tokens.slice(select ?? 0);
  const start = placed(own).findLast(
    ({ token, depth, next }) =>
      depth === 0 && token.kind === 'word' && token.name === 'ORDER' && next?.name === 'BY',
  );
  const by = own.findIndex(({ name }, index) => start && index > start.index && name === 'BY');
  return {
    tables: trimmed(tokens.slice(with_, select ?? 0)),
    ...withoutDistinct(trimmed(start === undefined ? own : own.slice(0, start.index))),
    order:
      start === undefined
        ? []
        : splitAtCommas(own.slice(by + 1)).map((item) => orderItem(item, false)),
  };
}

/** `SELECT DISTINCT {FIELDS}`, and `SELECT ALL {FIELDS}`, which is what SELECT says. */
function withoutDistinct(tokens: readonly Token[]): Pick<DatasetSql, 'body' | 'isDistinct'> {
  const [select, how] = tokens.filter(({ kind }) => kind !== 'space');
  const says = isWord(select, 'SELECT') && isWord(how, 'DISTINCT', 'ALL');
  if (!says || how === undefined) return { body: tokens, isDistinct: false };
  const at = tokens.indexOf(how);
  const body = [...trimmed(tokens.slice(0, at)), space, ...trimmed(tokens.slice(at + 1))];
  return { body, isDistinct: how.name === 'DISTINCT' };
}

const space: Token = { kind: 'space', text: ' ', name: '' };

/** Whether a WHERE of its own comes before `{WHERE}`, in the parentheses that it stands in. */
export function hasOwnWhere(body: readonly Token[]): boolean {
  const before = placed(body);
  const at = before.findIndex(
    ({ token }) => token.kind === 'placeholder' && token.name === 'WHERE',
  );
  const depth = before[at]?.depth ?? 0;
  for (const one of before.slice(0, at === -1 ? undefined : at).reverse()) {
    if (one.depth < depth) return false;
    if (one.depth === depth && isWord(one.token, 'WHERE')) return true;
  }
  return false;
}

/**
 * A key's columns. The direction goes where `{DIR}` stands and to the last column; others that say
 * none are ascending.
 */
export function keyItems(sql: string, descending: boolean): OrderItem[] {
  const parts = splitAtCommas(tokensOf(sql));
  return parts.map((part, index) => {
    const marked = part.some(({ kind }) => kind === 'placeholder');
    const own = trimmed(part.filter(({ kind }) => kind !== 'placeholder'));
    return orderItem(own, descending && (marked || index === parts.length - 1));
  });
}

/** `x COLLATE y DESC`; a direction of its own goes before `descending`. */
function orderItem(tokens: readonly Token[], descending: boolean): OrderItem {
  let expression = trimmed(tokens);
  const direction = expression.at(-1);
  const says = isWord(direction, 'ASC', 'DESC');
  if (says) expression = trimmed(expression.slice(0, -1));
  const [collate, , name] = expression.slice(-3);
  const collation = isWord(collate, 'COLLATE') ? name?.text : undefined;
  if (collation !== undefined) expression = trimmed(expression.slice(0, -3));
  return { expression, collation, descending: says ? isWord(direction, 'DESC') : descending };
}

/** A field's expression without its name: `x AS n`, `x n`, `x 'n'`, `n = x`. */
export function fieldExpression(expression: string): readonly Token[] {
  const tokens = trimmed(tokensOf(expression));
  const outer = placed(tokens).filter(({ token, depth }) => depth === 0 && token.kind !== 'space');
  const as = outer.findLast(({ token }) => isWord(token, 'AS'));
  if (as !== undefined) return trimmed(tokens.slice(0, as.index));
  const [first, second] = outer;
  if (first && second && isName(first.token) && second.token.text === '=') {
    return trimmed(tokens.slice(second.index + 1));
  }
  const [before, last] = outer.slice(-2);
  const mayName = last && (last.token.kind === 'string' || isName(last.token));
  const isNamed = before && mayName && endsOperand(before.token);
  return isNamed && !isKeyword(last.token) ? trimmed(tokens.slice(0, last.index)) : tokens;
}

/** The same for SQL that differs only in blanks, in the case of names and in their quotes. */
export const sameSql = (tokens: readonly Token[]): string =>
  withoutParentheses(tokens.filter(({ kind }) => kind !== 'space'))
    .map((token) => {
      if (token.kind === 'string') return token.text;
      return isName(token) ? token.name : token.text.toUpperCase();
    })
    .join(' ');

/** `(x)` is `x`. */
function withoutParentheses(ink: readonly Token[]): readonly Token[] {
  const isWrapped = ink[0]?.text === '(' && ink.at(-1)?.text === ')';
  const inner = ink.slice(1, -1);
  const isOne = isWrapped && placed(inner).every(({ depth }) => depth >= 0);
  return isOne && !isWord(inner[0], 'SELECT') ? withoutParentheses(inner) : ink;
}

/** What a definition's pieces of SQL consist of: a dataset's query, a field, a key. */

import { placed, splitAtCommas, type Token, tokensOf, trimmed } from './sql-tokens.ts';

/** A dataset's query without its order. */
export interface DatasetSql {
  readonly body: readonly Token[];
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
  const start = placed(tokens).findLast(
    ({ token, depth, next }) =>
      depth === 0 && token.kind === 'word' && token.name === 'ORDER' && next?.name === 'BY',
  );
  if (start === undefined) return { body: trimmed(tokens), order: [] };
  const by = tokens.findIndex(({ name }, index) => index > start.index && name === 'BY');
  return {
    body: trimmed(tokens.slice(0, start.index)),
    order: splitAtCommas(tokens.slice(by + 1)).map((item) => orderItem(item, false)),
  };
}

/** Whether a WHERE of the dataset's own comes before `{WHERE}`. */
export function hasOwnWhere(body: readonly Token[]): boolean {
  for (const { token, depth } of placed(body)) {
    if (token.kind === 'placeholder' && token.name === 'WHERE') return false;
    if (depth === 0 && token.kind === 'word' && token.name === 'WHERE') return true;
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

const isWord = (token: Token | undefined, ...names: string[]) =>
  token?.kind === 'word' && names.includes(token.name);

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

/** A field's expression without `AS name` at its end. */
export function fieldExpression(expression: string): readonly Token[] {
  const tokens = trimmed(tokensOf(expression));
  const inOrder = placed(tokens);
  const as = inOrder.findLast(
    ({ token, depth }) => depth === 0 && token.kind === 'word' && token.name === 'AS',
  );
  return as === undefined ? tokens : trimmed(tokens.slice(0, as.index));
}

/** The same for SQL that differs only in blanks and the case of names. */
export const sameSql = (tokens: readonly Token[]): string =>
  tokens
    .filter(({ kind }) => kind !== 'space')
    .map(({ kind, text }) => (kind === 'string' ? text : text.toUpperCase()))
    .join(' ');

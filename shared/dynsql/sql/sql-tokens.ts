/** SQL text of a definition in pieces, as far as its names and placeholders must be found in it. */

export type TokenKind = 'space' | 'string' | 'quoted' | 'word' | 'placeholder' | 'bind' | 'symbol';

export interface Token {
  readonly kind: TokenKind;
  /** As written; a comment is one blank. */
  readonly text: string;
  /** Upper case of a word; the name inside `{…}`, `[…]` or after `:`, in upper case; else empty. */
  readonly name: string;
}

const pattern =
  /(?<comment>--[^\n]*)|(?<open>\/\*)|(?<space>\s+)|(?<string>N?'(?:[^']|'')*')|(?<quoted>\[(?:[^\]]|\]\])*\]|"(?:[^"]|"")*")|(?<placeholder>\{[^{}]*\})|(?<bind>:[\p{L}_][\p{L}\p{N}_$]*)|(?<word>[@#\p{L}\p{N}_][@#\p{L}\p{N}_$]*)|(?<symbol>[\s\S])/gu;

/** Texts of some dozens of definitions; all are forgotten at once where there are more. */
const largestCache = 5_000;
const cache = new Map<string, readonly Token[]>();

/** Never fails: a quotation mark that is not closed is a symbol. Of a definition's texts only. */
export function tokensOf(sql: string): readonly Token[] {
  const known = cache.get(sql);
  if (known !== undefined) return known;
  if (cache.size >= largestCache) cache.clear();
  const tokens = read(sql);
  cache.set(sql, tokens);
  return tokens;
}

function read(sql: string): Token[] {
  const tokens: Token[] = [];
  const units = new RegExp(pattern);
  for (let found = units.exec(sql); found !== null; found = units.exec(sql)) {
    const end = found.groups?.['open'] === undefined ? -1 : commentEnd(sql, found.index);
    if (end !== -1) units.lastIndex = end;
    else if (found.groups?.['open'] !== undefined) units.lastIndex = found.index + 1;
    tokens.push(end === -1 ? tokenOf(found) : { kind: 'space', text: ' ', name: '' });
  }
  return tokens;
}

/** Comments nest. -1 where one is not closed. */
function commentEnd(sql: string, start: number): number {
  let depth = 0;
  for (const { 0: edge, index } of sql.slice(start).matchAll(/\/\*|\*\//g)) {
    depth += edge === '/*' ? 1 : -1;
    if (depth === 0) return start + index + 2;
  }
  return -1;
}

function tokenOf({ 0: text, groups = {} }: RegExpExecArray): Token {
  if (groups['comment'] !== undefined) return { kind: 'space', text: ' ', name: '' };
  if (groups['space'] !== undefined) return { kind: 'space', text, name: '' };
  if (groups['string'] !== undefined) return { kind: 'string', text, name: '' };
  if (groups['quoted'] !== undefined) return named('quoted', text, text.slice(1, -1));
  if (groups['placeholder'] !== undefined) return named('placeholder', text, text.slice(1, -1));
  if (groups['bind'] !== undefined) return named('bind', text, text.slice(1));
  if (groups['word'] !== undefined) return named('word', text, text);
  return { kind: 'symbol', text: text.slice(0, 1), name: '' };
}

const named = (kind: TokenKind, text: string, name: string): Token => ({
  kind,
  text,
  name: name.toUpperCase(),
});

export const textOf = (tokens: readonly Token[]): string => tokens.map(({ text }) => text).join('');

/** Each token with how many parentheses are open around it, and the token after it but blanks. */
export interface Placed {
  readonly token: Token;
  readonly index: number;
  readonly depth: number;
  readonly next: Token | undefined;
}

export function placed(tokens: readonly Token[]): Placed[] {
  let depth = 0;
  return tokens.map((token, index) => {
    if (token.text === ')' && token.kind === 'symbol') depth--;
    const at = { token, index, depth, next: after(tokens, index) };
    if (token.text === '(' && token.kind === 'symbol') depth++;
    return at;
  });
}

const after = (tokens: readonly Token[], index: number) =>
  tokens.slice(index + 1, index + 3).find(({ kind }) => kind !== 'space');

/** The parts between commas that stand outside of parentheses, without blanks around. */
export function splitAtCommas(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  for (const { token, depth } of placed(tokens)) {
    if (depth === 0 && token.kind === 'symbol' && token.text === ',') parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts.map(trimmed);
}

export function trimmed(tokens: readonly Token[]): Token[] {
  const isInk = ({ kind }: Token) => kind !== 'space';
  const from = tokens.findIndex(isInk);
  return from === -1 ? [] : tokens.slice(from, tokens.findLastIndex(isInk) + 1);
}

/**
 * Names that stand before a dot, in upper case: aliases of tables. Not `heap` of `FROM heap.meter`,
 * nor `dbo` of `dbo.rate(1)`.
 */
export function qualifiers(tokens: readonly Token[]): Set<string> {
  const ink = tokens.filter(({ kind }) => kind !== 'space');
  return new Set(
    ink.flatMap((token, index) => {
      const before = ink[index - 1];
      const isTable = before?.kind === 'word' && ['FROM', 'JOIN', 'APPLY'].includes(before.name);
      const isFirst = isNamed(token) && ink[index + 1]?.text === '.' && before?.text !== '.';
      const isCall = ink[index + 3]?.text === '(';
      return isFirst && !isTable && !isCall && !/^\d/.test(token.name) ? [token.name] : [];
    }),
  );
}

/** Names without a dot on either side, in upper case: an alias where it is given to a table. */
export function wordsAlone(tokens: readonly Token[]): Set<string> {
  const ink = tokens.filter(({ kind }) => kind !== 'space');
  const hasDot = (index: number) => ink[index - 1]?.text === '.' || ink[index + 1]?.text === '.';
  return new Set(
    ink.flatMap((token, index) => (isNamed(token) && !hasDot(index) ? [token.name] : [])),
  );
}

const isNamed = ({ kind }: Token) => kind === 'word' || kind === 'quoted';

/** Collations of ABRA's own servers that SQL Server knows by another name. */
const collations: Readonly<Record<string, string>> = { PXW_CSY: 'Czech_CI_AS' };

/** `Collate PXW_CSY` becomes `Collate Czech_CI_AS`. */
export function withKnownCollations(tokens: readonly Token[]): Token[] {
  let previous = '';
  return tokens.map((token) => {
    const own = previous === 'COLLATE' ? collations[token.name] : undefined;
    if (token.kind !== 'space') previous = token.kind === 'word' ? token.name : '';
    return own === undefined ? token : { kind: 'word', text: own, name: own.toUpperCase() };
  });
}

/** Which tables and functions a statement reads, found in its text. */

import { type Token, tokensOf } from './sql-tokens.ts';

export interface ReadObject {
  /** As written, without quotes: `['heap', 'meter']`; a part that is left out is empty: `HCS..meter`. */
  parts: readonly string[];
  /** What follows `AS` or the name, in upper case; the last part of the name where nothing does. */
  alias: string;
  /** `scalar`: called in an expression. */
  kind: 'table' | 'table-valued function' | 'scalar function';
}

/** Functions of SQL Server's own that stand where a table does. */
const rowsets = new Set(
  `OPENJSON OPENXML OPENQUERY OPENROWSET OPENDATASOURCE STRING_SPLIT GENERATE_SERIES CHANGETABLE
CONTAINSTABLE FREETEXTTABLE SEMANTICKEYPHRASETABLE SEMANTICSIMILARITYTABLE
SEMANTICSIMILARITYDETAILSTABLE REGEXP_MATCHES REGEXP_SPLIT_TO_TABLE VECTOR_SEARCH PREDICT`.split(
    /\s+/,
  ),
);

/** `FROM meter (NOLOCK)`: hints without WITH, as SQL Server 2000 had them. */
const hints = new Set(
  `NOLOCK READUNCOMMITTED READCOMMITTED READCOMMITTEDLOCK REPEATABLEREAD SERIALIZABLE HOLDLOCK READPAST
ROWLOCK PAGLOCK TABLOCK TABLOCKX UPDLOCK XLOCK NOWAIT NOEXPAND FORCESEEK FORCESCAN SNAPSHOT INDEX`.split(
    /\s+/,
  ),
);

/** Methods of xml, hierarchyid and spatial columns, whose names are told apart by case. */
const method =
  /^(?:value|query|exist|nodes|modify|write|ToString|IsDescendantOf|(?:Get|ST)[A-Z]\w*)$/;

/** They end a FROM clause. */
const clauses = new Set(
  'WHERE GROUP HAVING ORDER WINDOW UNION EXCEPT INTERSECT OPTION FOR SELECT SET VALUES'.split(' '),
);

/** They cannot be an alias without AS. */
const afterTable = new Set(
  `${[...clauses].join(' ')} ON JOIN INNER LEFT RIGHT FULL CROSS OUTER WITH TABLESAMPLE PIVOT UNPIVOT`.split(
    ' ',
  ),
);

interface Frame {
  /** A FROM may come: SELECT, UPDATE or DELETE stands in these parentheses. TRIM(x FROM y) is none. */
  isQuery: boolean;
  /** A comma is followed by a table. */
  inFrom: boolean;
}

/**
 * What a statement, or a piece of one such as `LEFT JOIN heap.meter M ON …`, reads. Not read are
 * names of common table expressions, temporary tables, variables, `sys` and `INFORMATION_SCHEMA`,
 * which everybody may read, and functions of SQL Server's own. Never fails: of text that is no
 * T-SQL it says something or nothing.
 */
export function objectsIn(sql: string): ReadObject[] {
  return statementsOf(tokensOf(sql).filter(({ kind }) => kind !== 'space')).flatMap((tokens) => {
    const own = commonTables(tokens);
    return objectsOf(tokens).filter(({ parts, kind }) => {
      const [only = '', ...others] = parts;
      if (others.length === 0 && kind === 'table' && own.has(only.toUpperCase())) return false;
      const schema = parts.at(-2)?.toUpperCase() ?? '';
      return !['SYS', 'INFORMATION_SCHEMA'].includes(schema) && !/^[@#]/.test(parts.at(-1) ?? '');
    });
  });
}

function statementsOf(tokens: readonly Token[]): Token[][] {
  const statements: Token[][] = [[]];
  for (const token of tokens) {
    if (isSymbol(token, ';')) statements.push([]);
    else statements.at(-1)?.push(token);
  }
  return statements;
}

const isSymbol = (token: Token | undefined, text: string) =>
  token?.kind === 'symbol' && token.text === text;

const isWord = (token: Token | undefined, ...names: string[]) =>
  token?.kind === 'word' && names.includes(token.name);

const isName = (token: Token | undefined): token is Token =>
  token?.kind === 'quoted' || (token?.kind === 'word' && !/^\d/.test(token.text));

const unquoted = ({ kind, text }: Token) => {
  if (kind !== 'quoted') return text;
  const close = text.slice(-1);
  return text.slice(1, -1).replaceAll(close + close, close);
};

/** `WITH a AS (…), b (x, y) AS (…)`: a, b, in upper case. */
function commonTables(tokens: readonly Token[]): Set<string> {
  const names = new Set<string>();
  for (const [index, token] of tokens.entries()) {
    const isFirst = isWord(tokens[index - 1], 'WITH');
    const isNext = isSymbol(tokens[index - 1], ',') && isSymbol(tokens[index - 2], ')');
    if (!isName(token) || !(isFirst || (isNext && names.size > 0))) continue;
    let next = index + 1;
    if (isSymbol(tokens[next], '(')) {
      while (next < tokens.length && !isSymbol(tokens[next], ')')) next++;
      next++;
    }
    if (isWord(tokens[next], 'AS') && isSymbol(tokens[next + 1], '(')) {
      names.add(unquoted(token).toUpperCase());
    }
  }
  return names;
}

function objectsOf(tokens: readonly Token[]): ReadObject[] {
  const found: ReadObject[] = [];
  const frames: Frame[] = [{ isQuery: false, inFrom: false }];
  let expectsTable = false;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as Token;
    const frame = frames.at(-1) as Frame;
    if (isSymbol(token, '(')) {
      frames.push({ isQuery: false, inFrom: false });
      // `FROM (a JOIN b …)`: the next is a table still; `FROM (SELECT …)`: it is none.
      expectsTable &&= !isWord(tokens[index + 1], 'SELECT', 'VALUES');
    } else if (isSymbol(token, ')')) {
      if (frames.length > 1) frames.pop();
      expectsTable = false;
    } else if (isSymbol(token, ',')) {
      expectsTable = frame.inFrom;
    } else if (opensTable(token, tokens[index - 1], frame)) {
      frame.inFrom = true;
      expectsTable = true;
    } else if (isName(token)) {
      const { parts, next } = nameAt(tokens, index);
      const read = objectAt(tokens, next, parts, expectsTable);
      if (read !== undefined) found.push(read);
      if (!expectsTable) noteWord(token, tokens[next], frame);
      expectsTable = false;
      index = next - 1;
    } else {
      expectsTable = false;
    }
  }
  return found;
}

/** FROM of a query, JOIN, APPLY. */
function opensTable(token: Token, before: Token | undefined, frame: Frame): boolean {
  if (isWord(token, 'JOIN')) return true;
  if (isWord(token, 'APPLY')) return isWord(before, 'CROSS', 'OUTER');
  return isWord(token, 'FROM') && frame.isQuery && !isWord(before, 'DISTINCT');
}

function noteWord(token: Token, next: Token | undefined, frame: Frame): void {
  if (isWord(token, 'SELECT', 'DELETE', 'UPDATE')) frame.isQuery = true;
  const isTime = isWord(token, 'FOR') && isWord(next, 'SYSTEM_TIME');
  if (token.kind === 'word' && clauses.has(token.name) && !isTime) frame.inFrom = false;
}

/** `a.b.c`, `a..c`, from its first part on. */
function nameAt(tokens: readonly Token[], first: number): { parts: string[]; next: number } {
  const parts = [unquoted(tokens[first] as Token)];
  let next = first + 1;
  while (isSymbol(tokens[next], '.')) {
    const part = tokens[next + 1];
    if (isName(part)) {
      parts.push(unquoted(part));
      next += 2;
    } else if (isSymbol(part, '.')) {
      parts.push('');
      next++;
    } else break;
  }
  return { parts, next };
}

function objectAt(
  tokens: readonly Token[],
  next: number,
  parts: readonly string[],
  expectsTable: boolean,
): ReadObject | undefined {
  const last = parts.at(-1) ?? '';
  const isCall = isSymbol(tokens[next], '(');
  if (isCall && parts.length > 1 && method.test(last)) return undefined;
  if (!expectsTable) {
    return isCall && parts.length > 1 ? { parts, alias: '', kind: 'scalar function' } : undefined;
  }
  const isHint = isWord(tokens[next + 1], ...hints);
  if (!isCall || isHint) return { parts, alias: aliasAt(tokens, next, last), kind: 'table' };
  if (parts.length === 1 && rowsets.has(last.toUpperCase())) return undefined;
  return { parts, alias: '', kind: 'table-valued function' };
}

function aliasAt(tokens: readonly Token[], next: number, name: string): string {
  const at = isWord(tokens[next], 'AS') ? next + 1 : next;
  const alias = tokens[at];
  const isAlias = isName(alias) && !(alias.kind === 'word' && afterTable.has(alias.name));
  return (isAlias ? unquoted(alias) : name).toUpperCase();
}

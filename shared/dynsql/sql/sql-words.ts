/** Which words of SQL name something, and which are its grammar. */

import { type Token, tokensOf } from './sql-tokens.ts';

/** Words that join or make expressions: none names a column, unless after a dot or in brackets. */
const keywords = new Set(
  `ALL AND ANY AS ASC AT BETWEEN BY CASE COLLATE DESC DISTINCT ELSE END ESCAPE EXISTS FROM IN IS
LIKE NOT NULL OR OVER SELECT SOME THEN TIME WHEN WITHIN ZONE GROUP`.split(/\s+/),
);

/** They begin a clause or a statement, and stand in an expression within parentheses only. */
const clauses = new Set(
  `SELECT FROM WHERE GROUP HAVING ORDER UNION EXCEPT INTERSECT INTO OPTION INSERT UPDATE DELETE MERGE
DROP ALTER CREATE TRUNCATE EXEC EXECUTE DECLARE`.split(/\s+/),
);

const types = new Set(
  `BIT TINYINT SMALLINT INT BIGINT DECIMAL NUMERIC MONEY SMALLMONEY FLOAT REAL DATE TIME DATETIME
DATETIME2 SMALLDATETIME DATETIMEOFFSET CHAR VARCHAR NCHAR NVARCHAR BINARY VARBINARY UNIQUEIDENTIFIER
XML TEXT NTEXT IMAGE SQL_VARIANT`.split(/\s+/),
);

export const isWord = (token: Token | undefined, ...names: string[]): boolean =>
  token?.kind === 'word' && names.includes(token.name);

export const isKeyword = (token: Token | undefined): boolean =>
  token?.kind === 'word' && keywords.has(token.name);

export const isClause = (token: Token): boolean => token.kind === 'word' && clauses.has(token.name);

/** A word that may name something, or a quoted name; a number is none. */
export const isName = (token: Token | undefined): boolean =>
  token?.kind === 'quoted' || (token?.kind === 'word' && !/^[\d@]/.test(token.text));

/** `AT TIME ZONE`: three words that may be columns elsewhere. */
const zone = ['AT', 'TIME', 'ZONE'];
const isZonePart = (ink: readonly Token[], index: number): boolean =>
  [0, 1, 2].some((back) => zone.every((name, at) => isWord(ink[index - back + at], name)));

/** What an operator, or the end of an expression, may follow. */
export function endsOperand(token: Token): boolean {
  if (token.kind === 'symbol') return token.text === ')';
  return token.kind === 'word' ? !isKeyword(token) || isWord(token, 'END', 'NULL') : true;
}

/** Whether it reads no column, so that it is the same for all rows. */
export function isConstant(tokens: readonly Token[]): boolean {
  const ink = tokens.filter(({ kind }) => kind !== 'space');
  return !ink.some((token, index) => {
    if (isWord(token, 'SELECT') || token.kind === 'bind') return true;
    const [before, next] = [ink[index - 1], ink[index + 1]];
    if (!isName(token) || next?.text === '(') return false;
    if (before?.text === '.') return true;
    const isType = types.has(token.name) && (before?.text === '(' || isWord(before, 'AS'));
    const isGrammar = isKeyword(token) && (!isWord(token, ...zone) || isZonePart(ink, index));
    return !isGrammar && !isType && !isWord(before, 'COLLATE');
  });
}

/** The types that SQL Server sorts and compares as nothing but text, or not at all. */
const unsorted = ['XML', 'TEXT', 'NTEXT', 'IMAGE', 'GEOGRAPHY', 'GEOMETRY'];

/** Which of them the expression is converted to; undefined: none, or it does not say. */
export function unsortedType(tokens: readonly Token[]): string | undefined {
  const ink = tokens.filter(({ kind }) => kind !== 'space');
  const [name, open, first] = ink;
  if (ink.at(-1)?.text !== ')' || open?.text !== '(') {
    const at = ink.findLastIndex(({ text }) => text === '.');
    return ink[at + 1]?.text === 'query' && ink[at + 2]?.text === '(' ? 'XML' : undefined;
  }
  const type = isWord(name, 'CAST', 'TRY_CAST')
    ? ink.at(-2)
    : isWord(name, 'CONVERT', 'TRY_CONVERT') && first;
  return type && isWord(type, ...unsorted) ? type.name : undefined;
}

/** What to sort a field by: none where SQL Server cannot compare it (305, 306). */
export function comparableSql(tokens: readonly Token[], datatype: string): (readonly Token[])[] {
  const type = unsortedType(tokens);
  if (/blob|graphic|picture/i.test(datatype) || /IMAGE|GEO/.test(type ?? '')) return [];
  const isLong = type !== undefined || /^dt(memo|note)$/i.test(datatype);
  return [isLong ? [...cast.before, ...tokens, ...cast.after] : tokens];
}

/** Long text may be of the types text, ntext or xml. */
const cast = { before: tokensOf('CAST('), after: tokensOf(' AS nvarchar(max))') };

import { CompanyError } from '../errors.ts';

export interface Token {
  kind: 'name' | 'text' | 'number' | 'date' | 'ident' | 'operator' | 'end';
  /** Of a text: without quotes and escapes. */
  value: string;
  /** Where it begins in the filter, from 0. */
  position: number;
}

/** The first that matches wins. */
const kinds: readonly [Token['kind'], RegExp][] = [
  ['text', /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/suy],
  ['date', /\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:\d\d)?/y],
  ['number', /-?\d+(?:\.\d+)?(?![\w.])/y],
  ['ident', /[a-z]+:[^\s(),'"]+/y],
  ['name', /[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*(?:\(\))?/y],
  ['operator', /==|<>|!=|<=|>=|[=<>(),]/y],
];

export const filterError = (filter: string, position: number, what: string): CompanyError =>
  // The wording is ours: the documentation shows none.
  new CompanyError(400, `Chyba ve filtru '${filter}' na pozici ${position + 1}: ${what}`);

/** @returns the tokens and an `end`. @throws CompanyError 400 */
export function tokens(filter: string): Token[] {
  const found: Token[] = [];
  let position = 0;
  for (;;) {
    while (/\s/.test(filter[position] ?? '')) position++;
    if (position >= filter.length) break;
    const { kind, raw } = match(filter, position);
    const value = kind === 'text' ? raw.slice(1, -1).replace(/\\(.)/gsu, '$1') : raw;
    found.push({ kind, value, position });
    position += raw.length;
  }
  found.push({ kind: 'end', value: '', position });
  return found;
}

function match(filter: string, position: number): { kind: Token['kind']; raw: string } {
  for (const [kind, pattern] of kinds) {
    pattern.lastIndex = position;
    const raw = pattern.exec(filter)?.[0];
    if (raw !== undefined) return { kind, raw };
  }
  throw filterError(filter, position, `neočekávaný znak '${filter[position]}'`);
}

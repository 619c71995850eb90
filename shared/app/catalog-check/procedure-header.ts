/** Which parameters of a procedure have defaults, read off its text: no view of the server says so. */

import { type Token, tokensOf } from '../../dynsql/sql/sql-tokens.ts';

/**
 * @param definition as in sys.sql_modules, or its beginning
 * @returns by name with `@`, in lower case; undefined: it ends before the body begins
 */
export function defaultsIn(definition: string): Map<string, boolean> | undefined {
  const tokens = tokensOf(definition).filter(({ kind }) => kind !== 'space');
  const start = tokens.findIndex(
    ({ kind, name }) => kind === 'word' && /^PROC(EDURE)?$/.test(name),
  );
  const found = new Map<string, boolean>();
  let depth = 0;
  /** All of them may stand in parentheses. */
  let base: number | undefined;
  let parameter: string | undefined;
  for (const [index, token] of tokens.slice(start + 1).entries()) {
    const before = tokens[start + index];
    if (isSymbol(token, '(')) depth += 1;
    else if (isSymbol(token, ')')) depth -= 1;
    else if (isSymbol(token, ',') && depth === base) parameter = undefined;
    else if (isSymbol(token, '=') && parameter !== undefined) found.set(parameter, true);
    else if (isName(token) && parameter === undefined) {
      base ??= depth;
      parameter = token.text.toLowerCase();
      found.set(parameter, false);
    } else if (token.kind === 'word' && token.name === 'AS' && !isName(before)) {
      // `@x AS int` has one, too.
      return start < 0 ? undefined : found;
    }
  }
  return undefined;
}

const isSymbol = ({ kind, text }: Token, symbol: string) => kind === 'symbol' && text === symbol;
const isName = (token: Token | undefined) => token?.kind === 'word' && token.text.startsWith('@');

/** A template's SQL where a condition uses it. */

import type { Condition } from '../language/definition.ts';
import { paramsIn } from '../language/short-lists.ts';
import { type Token, tokensOf } from './sql-tokens.ts';

/** With the condition's alias and params in their places; placeholders of values are left. */
export function fragmentTokens(fragment: string, condition: Condition): readonly Token[] {
  const params = paramsIn(condition.params);
  return tokensOf(fragment).flatMap((token) => {
    if (token.kind !== 'placeholder') return [token];
    if (token.name === 'ALIAS' && condition.alias !== '') return tokensOf(condition.alias);
    const declared = params.get(token.name);
    return declared === undefined ? [token] : tokensOf(declared);
  });
}

/** What parameters procedures declare, as sys.parameters has them. */

import type { Procedure } from '../procedure.ts';
import type { StoredProcedure } from '../storage/model.ts';
import { parseBatch } from '../syntax/statements.ts';
import { parseType, type SqlType } from '../values/types.ts';

export interface DeclaredParameter {
  /** With `@`. */
  name: string;
  type: SqlType;
  output: boolean;
  /** SQL Server keeps it for procedures of the CLR only: of T-SQL's it is always false. */
  hasDefault: boolean;
}

const known = new Map<string, DeclaredParameter[]>();
const mostKnown = 500;

export function parametersInText({ text, quotedIdentifier }: StoredProcedure): DeclaredParameter[] {
  const found = known.get(text);
  if (found !== undefined) return found;
  const [statement] = parseBatch(text, [], quotedIdentifier);
  const declared = statement?.kind === 'createProcedure' ? statement.parameters : [];
  const parameters = declared.map(({ name, type, output }) => {
    return { name, type, output, hasDefault: false };
  });
  if (known.size >= mostKnown) known.clear();
  known.set(text, parameters);
  return parameters;
}

/** Of one that is written in TypeScript. */
export function parametersOf({ parameters }: Procedure): DeclaredParameter[] {
  return parameters.map(({ name, type, output = false, default: value }) => {
    return { name, type: parseType(type), output, hasDefault: value !== undefined };
  });
}

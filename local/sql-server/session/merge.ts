/** MERGE, row by row inside one statement. */

import { errors } from '../errors.ts';
import type { MergeStatement } from '../syntax/ast.ts';
import type { Frame, Request } from './state.ts';

export async function runMerge(
  _request: Request,
  _frame: Frame,
  _statement: MergeStatement,
): Promise<number> {
  throw errors.invalidUse('MERGE');
}

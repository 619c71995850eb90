/** How a built-in function is described: one row of a table. */

import type { SqlType } from '../values/types.ts';

/** What a function is handed for an argument. `any`: the stored value and its type, unconverted. */
export type Parameter =
  | 'text'
  | 'int'
  | 'float'
  | 'decimal'
  | 'datetime'
  | 'moment'
  | 'bit'
  | 'binary'
  | 'any'
  | 'part';

export interface ArgumentInfo {
  type: SqlType;
  /** The value of a number literal, where the type of the result depends on it. */
  literal?: number;
}

/** Values reach `run` as the procedure contract has them, `int` as number. */
export interface ScalarFunction {
  parameters: Parameter[];
  /** How many of the last parameters may be left out. */
  optional?: number;
  /** The last parameter may be repeated. */
  variadic?: boolean;
  type(args: ArgumentInfo[]): SqlType;
  /** Default: NULL for any NULL argument. */
  nulls?: 'passed';
  /** Not the same answer twice: NEWID, RAND. */
  volatile?: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: the arguments are what `parameters` says.
  run(...args: any[]): unknown;
}

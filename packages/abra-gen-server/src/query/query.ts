/** A query that fits its definition. */

import type { Condition, Dataset, Field, Key } from '../definitions/shape.ts';

/** One dataset of a query. */
export interface Level {
  readonly dataset: Dataset;
  /** Empty of a dataset that only those below it brought along. */
  readonly select: readonly Field[];
  readonly where: readonly Where[];
  readonly orderBy: readonly OrderBy[];
  /** In the order of the definition. */
  readonly children: readonly Level[];
}

export interface Where {
  readonly condition: Condition;
  /** Empty where none is given. */
  readonly values: readonly unknown[];
  readonly flags: readonly string[];
}

export interface OrderBy {
  readonly key: Key;
  readonly descending: boolean;
}

/** Every scalar function of T-SQL that is known here, by upper-case name. */

import { dateFunctions } from './dates.ts';
import type { ScalarFunction } from './definition.ts';
import { numberFunctions } from './numbers.ts';
import { otherFunctions } from './other.ts';
import { textFunctions } from './text.ts';

export const scalarFunctions: Readonly<Record<string, ScalarFunction>> = {
  ...textFunctions,
  ...numberFunctions,
  ...dateFunctions,
  ...otherFunctions,
};

/** Members that several parts of a catalogue have. */

import { z } from 'zod';
import { expects, matching } from '../faults/field.ts';
import { namePattern } from './name-template.ts';

export const flag = z.boolean(expects('a flag', 'use true or false'));
export const description = matching(/\S/, 'a description', 'use text for people');
/** What in an entry rests on a guess: whoever runs it must set it, and take this out. */
export const guess = matching(/\S/, 'a guess', 'say what in the entry must be checked').optional();
export const id = matching(
  /^[A-Za-z0-9_-]{1,63}$/,
  'an id',
  'use 1 to 63 letters, digits, _ and - (Latin letters)',
);
/** Of SQL Server, in brackets any; an apostrophe would end the texts that T-SQL makes statements of. */
export const schemaName = matching(
  /^[^'\p{Cc}]{1,128}$/u,
  'a schema',
  'use 1 to 128 letters without an apostrophe, not in brackets',
);
export const name = matching(
  namePattern,
  'a name',
  'use Latin letters, digits and _, not a digit first, at most 128',
);

export const whole = (
  what: string,
  use: string,
  { least, most }: { least: number; most: number },
) => z.int(expects(what, use)).min(least, expects(what, use)).max(most, expects(what, use));

/** The leaves of a catalogue: each says what it expects. */

import { z } from 'zod';
import { expects, matching } from '../field.ts';
import { entityPattern, namePattern } from '../template.ts';

export const flag = z.boolean(expects('a flag', 'use true or false'));
export const description = matching(/\S/, 'a description', 'use text for people');
/** What in an entry rests on a guess: whoever runs it must set it, and take this out. */
export const guess = matching(/\S/, 'a guess', 'say what in the entry must be checked').optional();
export const id = matching(
  /^[A-Za-z0-9_-]{1,63}$/,
  'an id',
  'use 1 to 63 letters, digits, _ and - (Latin letters)',
);
/** JavaScript lists keys that are whole numbers before all others, so a code is never one. */
export const code = matching(
  /^(?!\d+$)[A-Za-z0-9_-]{1,63}$/,
  'a code',
  'use 1 to 63 letters, digits, _ and -, at least one of them no digit (Latin letters)',
);
export const name = matching(
  namePattern,
  'a name',
  'use Latin letters, digits and _, not a digit first, at most 128',
);
/** Evidences of FlexiBee are entities, too: `faktura-vydana`. */
export const entityName = matching(
  entityPattern,
  'a name',
  'use Latin letters, digits, _ and -, not a digit or - first, at most 128',
);

/** Not shown when wrong: a connection string, password and all, is easily put here. */
export const setting = z
  .string({ error: 'missing or not text; use the name of a setting, such as SQL_HCS' })
  .regex(/^[A-Z][A-Z0-9_]*$/, {
    error: 'not the name of a setting; use capitals, digits and _, such as SQL_HCS',
  });

const ianaZone = expects('a time zone', 'use an IANA name, such as Europe/Moscow');
export const timeZone = z.string(ianaZone).refine(isTimeZone, ianaZone);

function isTimeZone(value: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

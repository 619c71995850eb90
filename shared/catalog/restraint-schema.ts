/** What keeps a stage from running although its turn has come: the hour, or who else runs. */

import { z } from 'zod';
import { unsuitable } from '../faults/catalog-error.ts';
import { expects, fields, list, oneOf } from '../faults/field.ts';
import { timeOfDay } from '../time/day-window.ts';
import { isZone } from '../time/zone.ts';
import { id, whole } from './leaves.ts';

/** A zone of the clock on the wall. */
const zone = expects('a time zone', 'use an IANA name, such as Europe/Moscow');
export const timeZone = z.string(zone).refine(isZone, zone);

const time = expects('a time of day', 'use hh:mm from 00:00 to 23:59, such as 22:00');
const clock = z.string(time).regex(timeOfDay, time);

/** Outside of its hours a stage waits for them, or is left out. */
export const outsides = ['wait', 'skip'] as const;

export const window = fields('a window', {
  from: clock,
  to: clock,
  timeZone: timeZone.optional(),
  outside: oneOf('what becomes of a stage outside its window', outsides).default('wait'),
}).superRefine(({ from, to }, context) => {
  if (from !== to) return;
  const use = 'use another than from, or leave the window out';
  context.addIssue({ code: 'custom', path: ['to'], message: unsuitable(to, 'an end', use) });
});
export type Window = z.infer<typeof window>;

/** More would be a way to say that nothing may run beside it. */
const mostExclusive = 8;

export const exclusive = list(id, 'names of locks')
  .max(mostExclusive, { error: `more than ${mostExclusive}; one name is enough for all of them` })
  .superRefine((names, context) => {
    for (const [index, name] of names.entries()) {
      const first = names.findIndex((other) => other.toLowerCase() === name.toLowerCase());
      if (first === index) continue;
      const message = `the same as [${first}]; leave one of them out (case does not count)`;
      context.addIssue({ code: 'custom', path: [index], message });
    }
  });

const atOnce = { least: 1, most: 16 };
export const stagesAtOnce = whole(
  'a number of stages',
  `use a whole number from ${atOnce.least} to ${atOnce.most}`,
  atOnce,
).default(1);

/** The shapes of the queries of a pipeline: of freshness, and of checks. */

import { z } from 'zod';
import { shown, unsuitable } from '../faults/catalog-error.ts';
import { expects, fields, list, matching, oneOf, reference } from '../faults/field.ts';
import { durationMs } from '../time/duration.ts';
import type { Declared } from './declared.ts';
import { description, guess, id, name, whole } from './leaves.ts';
import { matcherSchema, overrideShape } from './matcher.ts';
import { checkPlaceholders, placeholderFault } from './name-template.ts';
import { checkVariables, variables } from './parameter-schema.ts';

/** What a difference makes of the run: `fail`: it has failed; `warn`: it has not, and says so. */
export const onDifferences = ['warn', 'fail'] as const;
/** What the clock is by which the timestamps of a place are written. */
export const clocks = ['utc', 'local'] as const;

/** Members of a reading beside its places. */
const reservedPlaces: readonly string[] = ['at', 'errors'];

const leastAgeMs = 60_000;
const mostAgeMs = 400 * 86_400_000;
const ages = 'use a time from 1m to 400d, as 90m, 36h or 2d, or false';

const query = (placeholders: Parameters<typeof placeholderFault>[1], use: string) =>
  matching(/\S/, 'a query', use).superRefine((sql, context) => {
    const fault = placeholderFault(sql, placeholders);
    if (fault !== undefined) context.addIssue(`${shown(sql)} ${fault}`);
  });

const place = id.superRefine((text, context) => {
  if (!reservedPlaces.includes(text)) return;
  const use = `use another than ${reservedPlaces.join(' and ')}`;
  context.addIssue(unsuitable(text, 'a name of a place', use));
});

const maxAge = z.union([z.string(), z.literal(false)], expects('an age', ages)).refine(
  (age) => {
    const ms = age === false ? leastAgeMs : durationMs(age);
    return ms !== undefined && ms >= leastAgeMs && ms <= mostAgeMs;
  },
  expects('an age', ages),
);

const allowances = expects('a tolerance', 'use a number of 0 or more, or a share such as "0.1 %"');

/** A number of the measure's own unit, or a share of what the first place has. */
const allowance = z
  .union([z.number(), z.string()], allowances)
  .refine((given) => (typeof given === 'number' ? given >= 0 : isShare(given)), allowances);

const isShare = (text: string) => /^\d+(\.\d+)? ?%$/.test(text);

const tolerance = z.record(z.string().regex(/\S/), allowance, {
  error: 'not a tolerance; use { "rows": 0, "amount": "0.1 %" }, "*" for all others',
});

/** @param declared the names that the catalogue declares */
export function querySchemas(declared: Declared) {
  const database = reference('a database', declared.databases);
  const choice = matcherSchema(declared);
  const forSome = overrideShape(declared);
  const common = {
    place,
    description: description.optional(),
    guess,
    only: choice.optional(),
    except: choice.optional(),
  };
  const reading = {
    database,
    sql: query(undefined, 'use SELECT MAX(…) FROM …'),
    parameters: variables,
    maxAge,
    clock: oneOf('a clock', clocks),
  };
  const optionalReading = z.object(reading).partial().shape;
  const freshness = fields('a freshness query', {
    ...common,
    ...optionalReading,
    sql: reading.sql,
    parameters: variables.default([]),
    overrides: list(fields('an override', { ...forSome, ...optionalReading }), 'overrides').default(
      [],
    ),
  });

  const seconds = { least: 1, most: 3_600 };
  const asking = {
    database,
    sql: query(checkPlaceholders, 'use SELECT COUNT_BIG(*) AS [rows]{sums} FROM …'),
    parameters: checkVariables,
    before: name,
    tolerance,
    onDifference: oneOf('an answer to a difference', onDifferences),
    timeoutSeconds: whole('a time limit', 'use whole seconds from 1 to 3600', seconds),
  };
  const optionalAsking = z.object(asking).partial().shape;
  const check = fields('a query of a check', {
    check: id,
    ...common,
    ...optionalAsking,
    sql: asking.sql,
    parameters: checkVariables.default([]),
    overrides: list(fields('an override', { ...forSome, ...optionalAsking }), 'overrides').default(
      [],
    ),
  });
  return { freshness, check };
}

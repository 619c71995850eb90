/** What the catalogue says of an entity whose rows a dynsql query gives. */

import { z } from 'zod';
import { expects, fields, filledList, list, matching } from '../../faults/field.ts';

const name = (what: string) => matching(/\S/, what, 'use a name as in the definition');

const valueUse = expects(
  'a value',
  'use text, a number, true, false, or a list of texts or numbers',
);
const scalar = z.union([z.string(), z.number()], valueUse);

const condition = fields('a condition', {
  id: name('the id of a condition'),
  value: z.union([scalar, z.boolean(), z.array(scalar)], valueUse).optional(),
  flags: list(name('a flag'), 'flags').optional(),
});

/** A dataset below, with datasets of its own. */
export interface NestedQuery {
  name: string;
  select?: string[] | undefined;
  where?: z.infer<typeof condition>[] | undefined;
  datasets?: NestedQuery[] | undefined;
}

const nested: z.ZodType<NestedQuery> = z.lazy(() =>
  fields('a dataset', {
    name: name('the name of a dataset'),
    select: filledList(name('a field'), 'fields').optional(),
    where: list(condition, 'conditions').optional(),
    datasets: list(nested, 'datasets').optional(),
  }),
);

/** To be given as `dynsql` of an entity, beside `dated`: a dated one has `period`. */
export const rowQuerySchema = fields('a dynsql query', {
  definition: matching(
    /^[0-9A-Z]{26}$/,
    'a packed CLSID',
    'use the id of a definition, 26 characters of 0-9 and A-Z',
  ),
  select: filledList(name('a field'), 'fields'),
  where: list(condition, 'conditions').default([]),
  datasets: list(nested, 'datasets').default([]),
  period: fields('a period', {
    /** A condition on a date, which gets the first and the last day of the month. */
    condition: name('the id of a condition'),
  }).optional(),
});

export type RowQuery = z.infer<typeof rowQuerySchema>;

/** Query parameters of lists and runs. */

import { z } from 'zod';
import { formViewSchema } from './forms.ts';
import { viewSchema, waitSchema } from './run-views.ts';
import { pageAfterSchema, pageLimitSchema, userSchema } from './runs.ts';

const text = () => z.string();
const inQuery = (name: string, description: string, schema: () => z.ZodType) =>
  ({ name, in: 'query', description, schema }) as const;
/** Which runs are asked for. */
export const runsParameters = [
  inQuery('state', 'States, with commas between them: failed,interrupted', text),
  inQuery('code', 'Data sources, with commas: runs that have one of them', text),
  inQuery('name', 'Entities, with commas: runs that have one of them', text),
  inQuery('user', 'Who asked, in any case of letters', () => userSchema),
  inQuery('board', 'Boards, with commas: runs that were started by one of them', text),
  inQuery('from', 'A time, or a day of the catalogue’s zone: asked for then or later', text),
  inQuery('to', 'A time: asked for before it; or a day: asked for on it or before', text),
  inQuery('limit', 'Runs on a page, 1 to 200, 50 unless told', () => pageLimitSchema),
  inQuery(
    'after',
    'Where a page begins, from the next link of the page before',
    () => pageAfterSchema,
  ),
];

/** How a run is asked for. */
export const viewParameters = [
  inQuery('view', '`progress`: how far it is, as of a second ago', () => viewSchema),
  inQuery(
    'wait',
    'Seconds, 1 to 25, for which an answer that If-None-Match names is held until it changes',
    () => waitSchema,
  ),
];

export const formParameter = inQuery(
  'view',
  '`form`: what a form needs to know',
  () => formViewSchema,
);

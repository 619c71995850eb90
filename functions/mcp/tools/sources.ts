/** What can be synced. */

import { z } from 'zod';
import { type Tool, tool } from '../tool.ts';

export const codeArgument = z
  .string()
  .min(1)
  .max(64)
  .meta({ description: 'Code of a data source, as list_sources has it: "0c10"' });

export const sourceTools: readonly Tool[] = [
  tool({
    name: 'list_sources',
    title: 'Data sources',
    description:
      'Lists the data sources that can be synced: code, description, the server that a run of it occupies, whether a whole sync needs a month, how many entities it has; and the months that may be asked for ("2018-01" to the current one). Call it first to turn a name that people use into a code.',
    role: 'read',
    effect: 'reads',
    own: {},
    call: async (_, { ask }) => (await ask('valid_codes', { query: { view: 'form' } })).json(),
  }),
  tool({
    name: 'list_entities',
    title: 'Entities of a data source',
    description:
      'Lists the entities (kinds of data, such as "payment") of one data source in the order in which a whole sync makes them: name, description, whether a sync of it needs a month and a year ("dated"), which data source exports it, and the servers its stages run at.',
    role: 'read',
    effect: 'reads',
    own: { code: codeArgument },
    call: async ({ code }, { ask }) =>
      (await ask('valid_names', { params: { code }, query: { view: 'form' } })).json(),
  }),
];

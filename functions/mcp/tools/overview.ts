/** Is all well? And the companies that are followed. */

import { type Tool, tool } from '../tool.ts';
import { codeArgument } from './sources.ts';

export const overviewTools: readonly Tool[] = [
  tool({
    name: 'overview',
    title: 'Is all well?',
    description:
      'What is wrong now, the heaviest first, each with since when, and in "mend" the HTTP request that would mend it (POST /runs/{id}/retry is retry_run, POST /runs is start_sync; others are for people) and in "cli" the same as a command; then schedules and how they ended, servers and which run has them, and counts of companies. Call it first when somebody asks how things are. Times are UTC.',
    role: 'read',
    effect: 'reads',
    own: {},
    call: async (_, { ask }) => (await ask('overview')).json(),
  }),
  tool({
    name: 'list_companies',
    title: 'FlexiBee companies',
    description:
      'Lists the followed ABRA FlexiBee companies: state (starting, loading, following, trouble), versions of their changelogs, lag (how many changes, and since when, the mirror is behind), and of one in trouble what and its cure.',
    role: 'read',
    effect: 'reads',
    own: {},
    call: async (_, { ask }) => (await ask('companies')).json(),
  }),
  tool({
    name: 'read_company',
    title: 'One FlexiBee company',
    description:
      'One followed company in full: state, trouble and its cure, versions and lag, gaps, rows of each evidence, the latest reconciliation with its differences, and what its server says this moment.',
    role: 'read',
    effect: 'reads',
    own: {
      company: codeArgument.meta({
        description: 'Code of the company, as list_companies has it: "flexi-demo"',
      }),
    },
    call: async ({ company }, { ask }) => (await ask('company', { params: { company } })).json(),
  }),
];

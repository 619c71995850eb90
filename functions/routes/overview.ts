/** Is all well? */

import { z } from 'zod';
import { languages } from '../../shared/board/overview/text.ts';
import { readActiveCells } from '../overview/read-active-cells.ts';
import { readCells, readOverview } from '../overview/read-overview.ts';
import type { Route } from '../route.ts';
import { flagSchema } from '../shapes/flag.ts';
import {
  activeCellsSchema,
  cellsSchema,
  liveOverviewSchema,
  toolSchema,
} from '../shapes/overview.ts';
import { waitSchema } from '../shapes/run-views.ts';

const wait = {
  name: 'wait',
  in: 'query',
  description:
    'Seconds, 1 to 25, for which an answer that If-None-Match names is held until it changes',
  schema: () => waitSchema,
} as const;

export const overviewRoutes: readonly Route[] = [
  {
    name: 'overview',
    tag: 'overview',
    route: 'overview',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: readOverview,
        conditional: true,
        summary:
          'What is wrong now, the heaviest first, schedules and how they ended, servers and who has them, companies',
        parameters: [
          wait,
          {
            name: 'progress',
            in: 'query',
            description:
              'true: JSON has how far the runs are that have servers, too; whoever waits hears of their stages and messages',
            schema: () => flagSchema,
          },
          {
            name: 'Accept-Language',
            in: 'header',
            description: 'Of the text: en, cs or ru',
            schema: () => z.string(),
          },
          {
            name: 'tool',
            in: 'query',
            description: 'By what a text says how it is mended: curl, unless given, or cli',
            schema: () => toolSchema,
          },
        ],
        responses: {
          200: {
            description: 'For the data sources that the token may touch',
            headers: {
              'Content-Language': {
                description: 'Of a text',
                schema: () => z.enum(languages),
                isOptional: true,
              },
            },
            json: () => liveOverviewSchema,
            text: () => z.string().meta({ examples: ['All is well.\n'] }),
          },
        },
      },
    }),
  },
  {
    name: 'overview_cells',
    tag: 'overview',
    route: 'overview/cells',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: readCells,
        conditional: true,
        summary: 'Each entity of each data source: its latest run, and its latest success',
        parameters: [
          wait,
          {
            name: 'code',
            in: 'query',
            description: 'Data sources, with commas',
            schema: () => z.string(),
          },
          {
            name: 'name',
            in: 'query',
            description: 'Entities, with commas',
            schema: () => z.string(),
          },
        ],
        responses: {
          200: { description: 'In the catalogue’s order', json: () => cellsSchema },
        },
      },
    }),
  },
  {
    name: 'overview_active_cells',
    tag: 'overview',
    route: 'overview/cells/active',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: readActiveCells,
        conditional: true,
        summary:
          'Each entity of each data source that an unfinished run still has: what runs, and what is to come',
        parameters: [],
        responses: {
          200: {
            description: 'Of runs that have their servers, and of the first 50 in line',
            json: () => activeCellsSchema,
          },
        },
      },
    }),
  },
];

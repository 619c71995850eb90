/** How it went over months. */

import { readDurations } from '../history/read-durations.ts';
import type { Route } from '../route.ts';
import { durationsSchema } from '../shapes/history.ts';
import { runsParameters } from '../shapes/runs-parameters.ts';

export const historyRoutes: readonly Route[] = [
  {
    name: 'history_durations',
    tag: 'runs',
    route: 'history/durations',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: readDurations,
        conditional: true,
        summary: 'How long an entity took in its runs, with its rows and checks, the newest first',
        parameters: runsParameters,
        responses: { 200: { description: 'A page', json: () => durationsSchema } },
      },
    }),
  },
];

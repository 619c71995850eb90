/** Events: what happened that somebody should hear of, and who hears of it. */

import { z } from 'zod';
import { listEvents } from '../events/list-events.ts';
import { testTarget } from '../events/test-target.ts';
import type { Route } from '../route.ts';
import * as schemas from '../shapes/events.ts';
import { pageLimitSchema } from '../shapes/runs.ts';

const query = (name: string, description: string, schema: () => z.ZodType) =>
  ({ name, in: 'query', description, schema }) as const;

export const eventRoutes: readonly Route[] = [
  {
    name: 'events',
    tag: 'service',
    route: 'events',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: listEvents,
        summary: 'What happened that somebody should hear of, and how far each target has',
        parameters: [
          query('kind', 'A kind, or the part of it before the dot', () => schemas.eventKindSchema),
          query('code', 'A data source', () => z.string()),
          query('board', 'The board that was started', () => z.string()),
          query('severity', 'How much it matters', () => schemas.severitySchema),
          query('target', 'Of those that this target hears of', () => z.string()),
          query('state', 'How far a target has heard of it', () => schemas.deliveryStateSchema),
          query('limit', 'Events on a page, 1 to 200, 50 unless told', () => pageLimitSchema),
          query('after', 'Where a page begins', () => schemas.eventPlaceSchema),
        ],
        responses: {
          200: {
            description: 'A page; it may be shorter than asked for where few events are wanted',
            json: () => schemas.eventsPageSchema,
          },
        },
      },
    }),
  },
  {
    name: 'test_target',
    tag: 'service',
    route: 'events/test',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      POST: {
        handler: testTarget,
        role: 'admin',
        changes: 'target.test',
        summary: 'Send a target something now, and see whether it takes it',
        body: () => schemas.targetTestBodySchema,
        responses: {
          200: {
            description: 'It was sent, and taken or not',
            json: () => schemas.targetTestSchema,
          },
        },
        problems: ['not-configured'],
      },
    }),
  },
];

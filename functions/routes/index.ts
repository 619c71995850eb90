/** Every HTTP route, as data: `main.ts` registers them, `/openapi.json` describes them. */

import { z } from 'zod';
import { json } from '../../shared/http/answer.ts';
import { openApiDocument } from '../../shared/http/openapi.ts';
import { health, live } from '../health.ts';
import { operations, type Route } from '../route.ts';
import { healthSchema, livenessSchema } from '../shapes/runs.ts';
import { adminRoutes } from './admin.ts';
import { boardRoutes } from './boards.ts';
import { dynsqlRoutes } from './dynsql.ts';
import { eventRoutes } from './events.ts';
import { flexibeeRoutes } from './flexibee.ts';
import { historyRoutes } from './history.ts';
import { mcpRoute } from './mcp.ts';
import { oneRunRoutes } from './one-run.ts';
import { overviewRoutes } from './overview.ts';
import { scheduleRoutes } from './schedules.ts';
import { syncRoutes } from './sync.ts';

const ownRoutes: readonly Route[] = [
  ...overviewRoutes,
  ...syncRoutes,
  ...oneRunRoutes,
  ...historyRoutes,
  ...boardRoutes,
  ...scheduleRoutes,
  ...flexibeeRoutes,
  ...dynsqlRoutes,
  ...adminRoutes,
  ...eventRoutes,
  {
    name: 'health',
    isUnlimited: true,
    tag: 'service',
    route: 'health',
    access: 'known',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: health,
        summary:
          'Whether storage, catalogue, databases, companies and connections to ABRA Gen answer; the parts only with a token',
        responses: {
          200: { description: '`ok` or `degraded`', json: () => healthSchema },
          503: { description: '`failing`', json: () => healthSchema },
        },
      },
    }),
  },
  {
    name: 'health_live',
    isUnlimited: true,
    tag: 'service',
    route: 'health/live',
    access: 'open',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: live,
        summary: 'Whether this process answers; nothing else is looked at',
        responses: { 200: { description: 'It does', json: () => livenessSchema } },
      },
    }),
  },
  {
    name: 'openapi',
    tag: 'service',
    route: 'openapi.json',
    access: 'open',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: (app) => () =>
          json(
            openApiDocument(
              routes.flatMap((route) => operations(route, app.settings.protectReads)),
              app.signIn.ways,
            ),
          ),
        summary: 'This document',
        responses: {
          200: { description: 'OpenAPI 3.1', json: () => z.record(z.string(), z.unknown()) },
        },
      },
    }),
  },
];

export const routes: readonly Route[] = [...ownRoutes, mcpRoute(ownRoutes)];

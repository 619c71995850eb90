/** What there is of one run: reading it, stopping it, making it again. */

import { z } from 'zod';
import { runQueueOutput } from '../../shared/app/run-queue.ts';
import type { Route } from '../route.ts';
import { retryBodySchema } from '../shapes/retry-request.ts';
import { runProgressSchema } from '../shapes/run-views.ts';
import * as schemas from '../shapes/runs.ts';
import { viewParameters } from '../shapes/runs-parameters.ts';
import { cancelRun } from '../sync/cancel-run.ts';
import { readLog } from '../sync/read-log.ts';
import { readRun } from '../sync/read-run.ts';
import { retryRun } from '../sync/retry-run.ts';
import { atRun, dry, key, line, pathText, runId, started, startProblems } from './run-parts.ts';

export const oneRunRoutes: readonly Route[] = [
  {
    name: 'run',
    tag: 'runs',
    route: 'runs/{id}',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: readRun,
        summary: 'One run: progress, stages, times, rows, messages, freshness before and after',
        conditional: true,
        parameters: [runId, ...viewParameters],
        responses: {
          200: {
            description: 'The run, or its progress',
            json: () => z.union([schemas.publicRunSchema, runProgressSchema]),
          },
        },
      },
    }),
  },
  {
    name: 'run_log',
    tag: 'runs',
    route: 'runs/{id}/log',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: readLog,
        summary: 'What the procedures of a run said, as far as they have; Link says where to go on',
        parameters: [
          runId,
          {
            name: 'stage',
            in: 'query',
            description: 'Lines of one stage, by its id in the run',
            schema: () => pathText,
          },
          {
            name: 'from',
            in: 'query',
            description:
              'Bytes at the beginning that are left out; from the next link of the answer before',
            schema: () => schemas.logFromSchema,
          },
        ],
        responses: {
          200: {
            description: 'Lines: time, stage, | and what was said, or * and what we tell',
            headers: {
              Link: { description: 'Where to go on', schema: () => schemas.nextLinkSchema },
            },
            text: () =>
              z.string().meta({
                examples: ['2019-07-31T10:00:02.000Z export:payment:0c10 | 40000 rows\n'],
              }),
          },
        },
      },
    }),
  },
  {
    name: 'cancel_run',
    tag: 'runs',
    route: 'runs/{id}/cancel',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      POST: {
        handler: cancelRun,
        changes: 'run.cancel',
        summary: 'Stop a run: what runs gets an attention, what is pending is called off',
        parameters: [runId],
        responses: {
          202: {
            description: 'Accepted: the worker hears of it within seconds',
            headers: atRun,
            text: () => line('Cancellation was requested.'),
            json: () => schemas.cancellationSchema,
          },
        },
        problems: ['not-cancellable'],
      },
    }),
  },
  {
    name: 'retry_run',
    tag: 'runs',
    route: 'runs/{id}/retry',
    access: 'body',
    refusals: 'json',
    outputs: [runQueueOutput],
    methods: () => ({
      POST: {
        handler: retryRun,
        changes: 'run.start',
        summary: 'Make a run again, with the months of then: what it has left open, or all of it',
        parameters: [runId, dry, key],
        body: () => retryBodySchema,
        responses: started,
        problems: [...startProblems, 'not-retryable'],
      },
    }),
  },
];

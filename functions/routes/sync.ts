/** The original's six routes, and those of runs. */

import { z } from 'zod';
import { runQueueOutput } from '../../shared/app/run-queue.ts';
import type { HeaderDescription, Parameter } from '../../shared/http/openapi.ts';
import type { Route } from '../route.ts';
import { callsBodySchema, plannedRunSchema } from '../shapes/calls.ts';
import { drySchema } from '../shapes/dry.ts';
import { codesFormSchema, namesFormSchema } from '../shapes/forms.ts';
import { keyHeader, keySchema, replayedHeader } from '../shapes/idempotency-key.ts';
import { runProgressSchema } from '../shapes/run-views.ts';
import * as schemas from '../shapes/runs.ts';
import { formParameter, runsParameters, viewParameters } from '../shapes/runs-parameters.ts';
import { statusSchema } from '../shapes/status.ts';
import { cancelRun } from '../sync/cancel-run.ts';
import { isDated } from '../sync/is-dated.ts';
import { listRuns } from '../sync/list-runs.ts';
import { readLog } from '../sync/read-log.ts';
import { readRun } from '../sync/read-run.ts';
import { dataSourceSync, entitySync, startRun } from '../sync/start-sync.ts';
import { syncStatus } from '../sync/sync-status.ts';
import { validCodes } from '../sync/valid-codes.ts';
import { validNames } from '../sync/valid-names.ts';

/** Texts that are answered, each with its newline. */
const line = (...texts: readonly string[]) => z.enum(texts.map((text) => `${text}\n`));
const atRun = { Location: { description: 'The run', schema: schemas.runLocationSchema } };
const replayed: HeaderDescription = {
  description: 'The answer is that of an earlier request with the same key',
  schema: z.literal('true'),
  isOptional: true,
};
const started = {
  200: {
    description: 'With `dry`: what would run; nothing was started',
    json: plannedRunSchema,
  },
  202: {
    description: 'Accepted, started or waiting in line: Location names the run',
    headers: { ...atRun, [replayedHeader]: replayed },
    text: line('Synchronization was started.', 'Synchronization is waiting.'),
    json: schemas.acceptedSchema,
  },
};
const dry = {
  name: 'dry',
  in: 'query',
  description: 'true: what would run, as JSON, and nothing is started or written',
  schema: drySchema,
} as const;
/** Of whatever starts a run. */
const startProblems = ['busy', 'closed', 'key-in-use', 'key-reused'] as const;
const key: Parameter = {
  name: keyHeader,
  in: 'header',
  description: 'What the client calls its request, so that sending it again starts nothing twice',
  schema: keySchema,
};
const pathText = z.string();
const runId = {
  name: 'id',
  in: 'path',
  description: 'Run id',
  schema: schemas.runIdSchema,
} as const;

export const syncRoutes: readonly Route[] = [
  {
    name: 'sync_status',
    tag: 'sync',
    route: 'sync_status',
    access: 'read',
    refusals: 'text',
    methods: {
      GET: {
        handler: syncStatus,
        summary: 'Whether any sync is queued or running, and how far each has come',
        conditional: true,
        responses: {
          200: {
            description: 'The state now',
            text: line('Synchronization is running.', 'Synchronization is not running.'),
            json: statusSchema,
          },
        },
      },
    },
  },
  {
    name: 'valid_codes',
    tag: 'sync',
    route: 'valid_codes',
    access: 'read',
    refusals: 'text',
    methods: {
      GET: {
        handler: validCodes,
        conditional: true,
        summary: 'Data source codes and their descriptions, in drop-down order',
        parameters: [formParameter],
        responses: {
          200: {
            description: 'Code to description, or what a form needs',
            json: z.union([codesFormSchema, schemas.descriptionsSchema]),
          },
        },
      },
    },
  },
  {
    name: 'valid_names',
    tag: 'sync',
    route: '{code}/valid_names',
    access: 'read',
    refusals: 'text',
    methods: {
      GET: {
        handler: validNames,
        conditional: true,
        summary: 'Entities of a data source and their descriptions, in drop-down order',
        parameters: [
          { name: 'code', in: 'path', description: 'Data source code', schema: pathText },
          formParameter,
        ],
        responses: {
          200: {
            description: 'Name to description, or what a form needs',
            json: z.union([namesFormSchema, schemas.descriptionsSchema]),
          },
        },
      },
    },
  },
  {
    name: 'is_dated',
    tag: 'sync',
    route: '{name}/is_dated',
    access: 'read',
    refusals: 'text',
    methods: {
      GET: {
        handler: isDated,
        summary: 'Whether a sync of the entity needs a month and a year',
        parameters: [{ name: 'name', in: 'path', description: 'Entity name', schema: pathText }],
        responses: {
          200: { description: 'Yes or no', text: line('True', 'False'), json: z.boolean() },
        },
      },
    },
  },
  {
    name: 'data_source_sync',
    tag: 'sync',
    route: 'data_source_sync',
    access: 'body',
    refusals: 'text',
    outputs: [runQueueOutput],
    methods: {
      POST: {
        handler: dataSourceSync,
        changes: 'run.start',
        summary: 'Sync every entity of one data source, or of several in one run',
        parameters: [dry, key],
        body: schemas.bodySchemas.data_source,
        responses: started,
        problems: startProblems,
      },
    },
  },
  {
    name: 'entity_sync',
    tag: 'sync',
    route: 'entity_sync',
    access: 'body',
    refusals: 'text',
    outputs: [runQueueOutput],
    methods: {
      POST: {
        handler: entitySync,
        changes: 'run.start',
        summary: 'Sync one entity of one data source, or of several in one run',
        parameters: [dry, key],
        body: schemas.bodySchemas.entity,
        responses: started,
        problems: startProblems,
      },
    },
  },
  {
    name: 'runs',
    tag: 'runs',
    route: 'runs',
    access: 'token',
    refusals: 'json',
    outputs: [runQueueOutput],
    methods: {
      GET: {
        handler: listRuns,
        conditional: true,
        summary: 'Runs that fit all parameters, the newest first',
        parameters: runsParameters,
        responses: { 200: { description: 'A page', json: schemas.runPageSchema } },
      },
      POST: {
        handler: startRun,
        changes: 'run.start',
        access: 'body',
        summary: 'Sync any entities and data sources in any months as one run',
        parameters: [dry, key],
        body: callsBodySchema,
        responses: started,
        problems: startProblems,
      },
    },
  },
  {
    name: 'run',
    tag: 'runs',
    route: 'runs/{id}',
    access: 'token',
    refusals: 'json',
    methods: {
      GET: {
        handler: readRun,
        summary: 'One run: progress, stages, times, rows, messages, freshness before and after',
        conditional: true,
        parameters: [runId, ...viewParameters],
        responses: {
          200: {
            description: 'The run, or its progress',
            json: z.union([schemas.publicRunSchema, runProgressSchema]),
          },
        },
      },
    },
  },
  {
    name: 'run_log',
    tag: 'runs',
    route: 'runs/{id}/log',
    access: 'token',
    refusals: 'json',
    methods: {
      GET: {
        handler: readLog,
        summary: 'What the procedures of a run said, as far as they have; Link says where to go on',
        parameters: [
          runId,
          {
            name: 'stage',
            in: 'query',
            description: 'Lines of one stage, by its id in the run',
            schema: pathText,
          },
          {
            name: 'from',
            in: 'query',
            description:
              'Bytes at the beginning that are left out; from the next link of the answer before',
            schema: schemas.logFromSchema,
          },
        ],
        responses: {
          200: {
            description: 'Lines: time, stage, | and what was said, or * and what we tell',
            headers: {
              Link: { description: 'Where to go on', schema: schemas.nextLinkSchema },
            },
            text: z.string().meta({
              examples: ['2019-07-31T10:00:02.000Z export:payment:0c10 | 40000 rows\n'],
            }),
          },
        },
      },
    },
  },
  {
    name: 'cancel_run',
    tag: 'runs',
    route: 'runs/{id}/cancel',
    access: 'token',
    refusals: 'json',
    methods: {
      POST: {
        handler: cancelRun,
        changes: 'run.cancel',
        summary: 'Stop a run: what runs gets an attention, what is pending is called off',
        parameters: [runId],
        responses: {
          202: {
            description: 'Accepted: the worker hears of it within seconds',
            headers: atRun,
            text: line('Cancellation was requested.'),
            json: schemas.cancellationSchema,
          },
        },
        problems: ['not-cancellable'],
      },
    },
  },
];

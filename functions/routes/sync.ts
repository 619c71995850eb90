/** The original's six routes, and those of runs as a whole. */

import { z } from 'zod';
import { runQueueOutput } from '../../shared/app/run-queue.ts';
import type { Route } from '../route.ts';
import { agesSchema } from '../shapes/ages.ts';
import { callsBodySchema } from '../shapes/calls.ts';
import { catalogFormSchema, codesFormSchema, namesFormSchema } from '../shapes/forms.ts';
import * as schemas from '../shapes/runs.ts';
import { formParameter, runsParameters } from '../shapes/runs-parameters.ts';
import { statusSchema } from '../shapes/status.ts';
import { isDated } from '../sync/is-dated.ts';
import { listAges } from '../sync/list-ages.ts';
import { listRuns } from '../sync/list-runs.ts';
import { readCatalog } from '../sync/read-catalog.ts';
import { dataSourceSync, entitySync, startRun } from '../sync/start-sync.ts';
import { syncStatus } from '../sync/sync-status.ts';
import { validCodes } from '../sync/valid-codes.ts';
import { validNames } from '../sync/valid-names.ts';
import { dry, key, line, pathText, started, startProblems } from './run-parts.ts';

export const syncRoutes: readonly Route[] = [
  {
    name: 'sync_status',
    tag: 'sync',
    route: 'sync_status',
    access: 'read',
    refusals: 'text',
    methods: () => ({
      GET: {
        handler: syncStatus,
        summary: 'Whether any sync is queued or running, and how far each has come',
        conditional: true,
        responses: {
          200: {
            description: 'The state now',
            text: () => line('Synchronization is running.', 'Synchronization is not running.'),
            json: () => statusSchema,
          },
        },
      },
    }),
  },
  {
    name: 'valid_codes',
    tag: 'sync',
    route: 'valid_codes',
    access: 'read',
    refusals: 'text',
    methods: () => ({
      GET: {
        handler: validCodes,
        conditional: true,
        summary: 'Data source codes and their descriptions, in drop-down order',
        parameters: [formParameter],
        responses: {
          200: {
            description: 'Code to description, or what a form needs',
            json: () => z.union([codesFormSchema, schemas.descriptionsSchema]),
          },
        },
      },
    }),
  },
  {
    name: 'valid_names',
    tag: 'sync',
    route: '{code}/valid_names',
    access: 'read',
    refusals: 'text',
    methods: () => ({
      GET: {
        handler: validNames,
        conditional: true,
        summary: 'Entities of a data source and their descriptions, in drop-down order',
        parameters: [
          { name: 'code', in: 'path', description: 'Data source code', schema: () => pathText },
          formParameter,
        ],
        responses: {
          200: {
            description: 'Name to description, or what a form needs',
            json: () => z.union([namesFormSchema, schemas.descriptionsSchema]),
          },
        },
      },
    }),
  },
  {
    name: 'catalog',
    tag: 'sync',
    route: 'catalog',
    access: 'read',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: readCatalog,
        conditional: true,
        summary: 'All data sources and entities: which has which, and what a sync of it needs',
        responses: {
          200: { description: 'As this worker knows it', json: () => catalogFormSchema },
        },
      },
    }),
  },
  {
    name: 'is_dated',
    tag: 'sync',
    route: '{name}/is_dated',
    access: 'read',
    refusals: 'text',
    methods: () => ({
      GET: {
        handler: isDated,
        summary: 'Whether a sync of the entity needs a month and a year',
        parameters: [
          { name: 'name', in: 'path', description: 'Entity name', schema: () => pathText },
        ],
        responses: {
          200: {
            description: 'Yes or no',
            text: () => line('True', 'False'),
            json: () => z.boolean(),
          },
        },
      },
    }),
  },
  {
    name: 'data_source_sync',
    tag: 'sync',
    route: 'data_source_sync',
    access: 'body',
    refusals: 'text',
    outputs: [runQueueOutput],
    methods: () => ({
      POST: {
        handler: dataSourceSync,
        changes: 'run.start',
        summary: 'Sync every entity of one data source, or of several in one run',
        parameters: [dry, key],
        body: () => schemas.bodySchemas.data_source,
        responses: started,
        problems: startProblems,
      },
    }),
  },
  {
    name: 'entity_sync',
    tag: 'sync',
    route: 'entity_sync',
    access: 'body',
    refusals: 'text',
    outputs: [runQueueOutput],
    methods: () => ({
      POST: {
        handler: entitySync,
        changes: 'run.start',
        summary: 'Sync one entity of one data source, or of several in one run',
        parameters: [dry, key],
        body: () => schemas.bodySchemas.entity,
        responses: started,
        problems: startProblems,
      },
    }),
  },
  {
    name: 'ages',
    tag: 'sync',
    route: 'ages',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: listAges,
        conditional: true,
        summary: 'How old the data are that the catalogue has watched, the old ones first',
        responses: {
          200: { description: 'As of the latest quarter of an hour', json: () => agesSchema },
        },
      },
    }),
  },
  {
    name: 'runs',
    tag: 'runs',
    route: 'runs',
    access: 'token',
    refusals: 'json',
    outputs: [runQueueOutput],
    methods: () => ({
      GET: {
        handler: listRuns,
        conditional: true,
        summary: 'Runs that fit all parameters, the newest first',
        parameters: runsParameters,
        responses: { 200: { description: 'A page', json: () => schemas.runPageSchema } },
      },
      POST: {
        handler: startRun,
        changes: 'run.start',
        access: 'body',
        summary: 'Sync any entities and data sources in any months as one run',
        parameters: [dry, key],
        body: () => callsBodySchema,
        responses: started,
        problems: startProblems,
      },
    }),
  },
];

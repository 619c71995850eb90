/** dynsql: a connection's definitions, and queries. */

import { z } from 'zod';
import type { Parameter } from '../../shared/http/openapi.ts';
import { execQuery, readRows } from '../dynsql/exec-query.ts';
import { listDefinitions, readDefinition } from '../dynsql/read-definitions.ts';
import { formatSchema } from '../dynsql/representation.ts';
import type { Route } from '../route.ts';
import { drySchema } from '../shapes/dry.ts';
import * as schemas from '../shapes/dynsql.ts';
import { flagSchema } from '../shapes/flag.ts';

const connection: Parameter = {
  name: 'connection',
  in: 'path',
  description: 'Connection of the catalogue: a database of ours, or one of ABRA Gen',
  schema: schemas.connectionSchema,
};
const id: Parameter = {
  name: 'id',
  in: 'path',
  description: 'Definition',
  schema: schemas.definitionIdSchema,
};

/** Of whatever asks ABRA Gen. */
const asked = ['abra-gen', 'too-slow'] as const;

/** Of a query, however it comes. */
const forms: readonly Parameter[] = [
  {
    name: 'report',
    in: 'query',
    description: 'Id of a report: the answer is a PDF, which Accept must allow',
    schema: z.string(),
  },
  {
    name: 'dry',
    in: 'query',
    description: 'true: SQL and parameters in place of rows; databases of ours only',
    schema: drySchema,
  },
  {
    name: 'format',
    in: 'query',
    description: 'What rows are sent as; without it as Accept says',
    schema: formatSchema,
  },
  {
    name: 'bom',
    in: 'query',
    description: 'true: CSV begins with a byte order mark, by which Excel knows UTF-8',
    schema: flagSchema,
  },
  {
    name: 'escape',
    in: 'query',
    description: 'true: an apostrophe in front of texts of CSV that look like formulas',
    schema: flagSchema,
  },
];
const rows = {
  responses: {
    200: {
      description: 'Dataset with its items',
      headers: {
        'Content-Disposition': {
          description: 'The name of the file, after the definition',
          schema: z.string(),
          isOptional: true,
        },
      },
      json: schemas.answerSchema,
      pdf: true,
      table: true,
    },
  },
  problems: [...asked, 'not-acceptable', 'too-many'],
} as const;

export const dynsqlRoutes: readonly Route[] = [
  {
    name: 'dynsql_definitions',
    tag: 'dynsql',
    route: '{connection}/dynsql',
    access: 'token',
    refusals: 'json',
    methods: {
      GET: {
        handler: listDefinitions,
        summary: 'The dynamic SQLs of a connection',
        parameters: [connection],
        responses: { 200: { description: 'Id and name', json: schemas.definitionsSchema } },
        problems: asked,
      },
    },
  },
  {
    name: 'dynsql_definition',
    tag: 'dynsql',
    route: '{connection}/dynsql/{id}',
    access: 'token',
    refusals: 'json',
    methods: {
      GET: {
        handler: readDefinition,
        summary: 'One dynamic SQL whole: datasets, conditions, keys',
        parameters: [connection, id],
        responses: { 200: { description: 'The definition', json: schemas.definitionSchema } },
        problems: asked,
      },
    },
  },
  {
    name: 'dynsql_exec',
    tag: 'dynsql',
    route: '{connection}/dynsql/{id}/exec',
    access: 'token',
    refusals: 'json',
    methods: {
      POST: {
        handler: execQuery,
        role: 'read',
        changes: { nothing: 'a query reads' },
        summary: 'Run a query; its rows are sent as they come, or printed as a PDF',
        parameters: [connection, id, ...forms],
        body: schemas.querySchema,
        ...rows,
      },
    },
  },
  {
    name: 'dynsql_rows',
    tag: 'dynsql',
    route: '{connection}/dynsql/{id}/rows',
    access: 'token',
    refusals: 'json',
    methods: {
      GET: {
        handler: readRows,
        summary: 'The same query by the parameters of an address: for spreadsheets and browsers',
        parameters: [connection, id, ...schemas.rowsParameters, ...forms],
        ...rows,
      },
    },
  },
];

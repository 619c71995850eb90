/** dynsql: a connection's definitions, and queries. */

import { z } from 'zod';
import { helpSchema, reportNameSchema } from '../../shared/dynsql/help/help.ts';
import { languages } from '../../shared/dynsql/help/words.ts';
import type { Parameter } from '../../shared/http/openapi.ts';
import { execQuery, readRows } from '../dynsql/exec-query.ts';
import { listConnections, listDefinitions, readDefinition } from '../dynsql/read-definitions.ts';
import { listReports, readHelp, readSchema } from '../dynsql/read-help.ts';
import { formatSchema } from '../dynsql/representation.ts';
import type { Route } from '../route.ts';
import { drySchema } from '../shapes/dry.ts';
import * as schemas from '../shapes/dynsql.ts';
import { flagSchema } from '../shapes/flag.ts';

const connection: Parameter = {
  name: 'connection',
  in: 'path',
  description: 'Connection of the catalogue: a database of ours, or one of ABRA Gen',
  schema: () => schemas.connectionSchema,
};
const id: Parameter = {
  name: 'id',
  in: 'path',
  description: 'Definition',
  schema: () => schemas.definitionIdSchema,
};

/** Of whatever asks ABRA Gen. */
const asked = ['abra-gen', 'too-slow'] as const;

const language: Parameter = {
  name: 'Accept-Language',
  in: 'header',
  description: 'Of what help says in words: en, cs or ru',
  schema: () => z.string(),
};
const languageOfAnswer = {
  'Content-Language': {
    description: 'Of help',
    schema: () => z.enum(languages),
    isOptional: true,
  },
} as const;

/** Of a query, however it comes. */
const forms: readonly Parameter[] = [
  {
    name: 'report',
    in: 'query',
    description: 'Id of a report: the answer is a PDF, which Accept must allow',
    schema: () => z.string(),
  },
  {
    name: 'dry',
    in: 'query',
    description:
      'true: what would run in place of rows: SQL and parameters, or the query that ABRA Gen would be sent',
    schema: () => drySchema,
  },
  {
    name: 'format',
    in: 'query',
    description: 'What rows are sent as; without it as Accept says',
    schema: () => formatSchema,
  },
  {
    name: 'bom',
    in: 'query',
    description: 'true: CSV begins with a byte order mark, by which Excel knows UTF-8',
    schema: () => flagSchema,
  },
  {
    name: 'escape',
    in: 'query',
    description: 'true: an apostrophe in front of texts of CSV that look like formulas',
    schema: () => flagSchema,
  },
];
const rows = {
  responses: {
    200: {
      description: 'Dataset with its items',
      headers: {
        'Content-Disposition': {
          description: 'The name of the file, after the definition',
          schema: () => z.string(),
          isOptional: true,
        },
      },
      json: () => schemas.answerSchema,
      pdf: true,
      table: true,
    },
  },
  problems: [...asked, 'not-acceptable', 'too-many'],
} as const;

export const dynsqlRoutes: readonly Route[] = [
  {
    name: 'dynsql_connections',
    tag: 'dynsql',
    route: 'dynsql',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: listConnections,
        conditional: true,
        summary: 'The connections that the token may ask',
        responses: { 200: { description: 'As catalogued', json: () => schemas.connectionsSchema } },
      },
    }),
  },
  {
    name: 'dynsql_definitions',
    tag: 'dynsql',
    route: '{connection}/dynsql',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: listDefinitions,
        conditional: true,
        summary: 'The dynamic SQLs of a connection',
        parameters: [connection],
        responses: { 200: { description: 'Id and name', json: () => schemas.definitionsSchema } },
        problems: asked,
      },
    }),
  },
  {
    name: 'dynsql_definition',
    tag: 'dynsql',
    route: '{connection}/dynsql/{id}',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: readDefinition,
        conditional: true,
        summary:
          'One dynamic SQL whole: datasets, conditions, keys; with Accept: application/json; profile=help what it can be asked',
        parameters: [connection, id, language],
        responses: {
          200: {
            description: 'The definition, or help',
            headers: languageOfAnswer,
            json: () => z.union([schemas.definitionSchema, helpSchema]),
          },
        },
        problems: asked,
      },
    }),
  },
  {
    name: 'dynsql_help',
    tag: 'dynsql',
    route: '{connection}/dynsql/{id}/help',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: readHelp,
        conditional: true,
        summary: 'What can be asked: fields, conditions and their values, keys, reports, examples',
        parameters: [connection, id, language],
        responses: {
          200: {
            description: 'In the language of the reader',
            headers: languageOfAnswer,
            json: () => helpSchema,
            text: () => z.string(),
          },
        },
        problems: asked,
      },
    }),
  },
  {
    name: 'dynsql_schema',
    tag: 'dynsql',
    route: '{connection}/dynsql/{id}/schema',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: readSchema,
        conditional: true,
        summary: 'JSON Schema of a query of one definition, by which editors complete it',
        parameters: [connection, id],
        responses: { 200: { description: 'JSON Schema 2020-12', json: () => z.looseObject({}) } },
        problems: asked,
      },
    }),
  },
  {
    name: 'dynsql_reports',
    tag: 'dynsql',
    route: '{connection}/dynsql/{id}/reports',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: listReports,
        conditional: true,
        summary: 'The reports of a definition',
        parameters: [connection, id],
        responses: { 200: { description: 'Id and title', json: () => z.array(reportNameSchema) } },
        problems: asked,
      },
    }),
  },
  {
    name: 'dynsql_exec',
    tag: 'dynsql',
    route: '{connection}/dynsql/{id}/exec',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      POST: {
        handler: execQuery,
        role: 'read',
        changes: { nothing: 'a query reads' },
        summary: 'Run a query; its rows are sent as they come, or printed as a PDF',
        parameters: [connection, id, ...forms],
        body: () => schemas.querySchema,
        ...rows,
      },
    }),
  },
  {
    name: 'dynsql_rows',
    tag: 'dynsql',
    route: '{connection}/dynsql/{id}/rows',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: readRows,
        summary: 'The same query by the parameters of an address: for spreadsheets and browsers',
        parameters: [connection, id, ...schemas.rowsParameters, ...forms],
        ...rows,
      },
    }),
  },
];

/**
 * The shape of a catalogue. Every leaf says what it expects, and references are checked against the
 * names the same catalogue declares, so that one pass lists every fault with its path.
 */

import { z } from 'zod';
import { rowQuerySchema } from '../dynsql/rows/schema.ts';
import { connectionSchema } from './connections.ts';
import type { Declared } from './declared.ts';
import { expects, fields, filledList, list, matching, oneOf, reference } from './field.ts';
import { companySchema } from './schema/company.ts';
import {
  code,
  description,
  entityName,
  flag,
  guess,
  id,
  name,
  setting,
  timeZone,
} from './schema/leaves.ts';
import { itemSchemas, returnValue, scopes } from './schema/stage.ts';

/** The schema of one catalogue, given the names that catalogue declares. */
export function catalogSchema(declared: Declared) {
  const system = reference('a system', declared.pipelines);
  const database = reference('a database', declared.databases);
  const { stage, freshness } = itemSchemas({
    entity: reference('an entity', declared.entities),
    code: reference('a code', declared.dataSources),
    database,
  });

  const server = fields('a server', { id, description, guess });
  const knownServer = reference('a server', declared.servers);
  const databaseItem = fields('a database', {
    id,
    description: description.optional(),
    guess,
    server: knownServer,
    connection: setting,
  });
  const connectionItem = connectionSchema({
    id,
    description,
    guess,
    knownServer,
    database,
    setting,
  });
  const dataSource = fields('a data source', {
    code,
    description,
    guess,
    system,
    database: database.optional(),
    company: companySchema(knownServer).optional(),
    // The list may be absent without a fault of its own.
    connection: oneOf('a connection', declared.connections).optional(),
    allAreas: flag.default(false),
  }).superRefine((source, context) => {
    const given = (['database', 'company', 'connection'] as const).filter(
      (key) => source[key] !== undefined,
    );
    if (given.length === 1) return;
    const [first = 'database', second = first] = given;
    const message =
      given.length > 1
        ? `beside a ${first}; leave one of them out`
        : 'missing; use the id of a database, or give a company or a connection';
    context.addIssue({ code: 'custom', path: [second], message });
  });
  const entity = fields('an entity', {
    name: entityName,
    description,
    guess,
    dated: flag,
    sourceName: name.optional(),
    dynsql: rowQuerySchema.optional(),
    systems: z
      .record(system, oneOf('a scope', scopes), expects('an object', 'use {"system": "scope"}'))
      .refine((systems) => Object.keys(systems).length > 0, {
        error: 'empty; name at least one system',
      })
      .transform((systems) => new Map(Object.entries(systems))),
  });
  const pipeline = fields('a pipeline', {
    id,
    description: description.optional(),
    guess,
    returnValue: returnValue.optional(),
    stages: filledList(stage, 'stages'),
    freshness: list(freshness, 'freshness queries').default([]),
    next: reference('a pipeline', declared.pipelines).optional(),
  });

  return fields('the catalogue', {
    description: description.optional(),
    periods: fields('the periods', {
      from: matching(/^[12]\d{3}-(0[1-9]|1[0-2])$/, 'a month', 'use yyyy-mm, such as 2018-01'),
      timeZone,
      guess,
    }),
    servers: filledList(server, 'servers'),
    databases: filledList(databaseItem, 'databases'),
    connections: list(connectionItem, 'connections').default([]),
    dataSources: filledList(dataSource, 'data sources'),
    entities: filledList(entity, 'entities'),
    pipelines: filledList(pipeline, 'pipelines'),
  });
}

export type CatalogSchema = ReturnType<typeof catalogSchema>;
export type CatalogData = z.infer<CatalogSchema>;
export type DataSource = CatalogData['dataSources'][number];
export type Company = NonNullable<DataSource['company']>;
export type Connection = CatalogData['connections'][number];
export type AbraGenConnection = Extract<Connection, { kind: 'abra-gen' }>;
export type Entity = CatalogData['entities'][number];
export type Pipeline = CatalogData['pipelines'][number];
export type Stage = Pipeline['stages'][number];
export type Freshness = Pipeline['freshness'][number];

/**
 * The shape of a catalogue. Every leaf says what it expects, and references are checked against the
 * names the same catalogue declares, so that one pass lists every fault with its path.
 */

import { z } from 'zod';
import { rowQuerySchema } from '../dynsql/rows/row-query-schema.ts';
import { fields, filledList, list, matching, oneOf, reference } from '../faults/field.ts';
import { companySchema } from './company-schema.ts';
import { connectionSchema } from './connection-schema.ts';
import type { Declared } from './declared.ts';
import { description, flag, guess, id, schemaName } from './leaves.ts';
import { matcherShape, overrideShape } from './matcher.ts';
import { entityPattern } from './name-template.ts';
import { besideOwnPaths, parentSegments } from './own-paths.ts';
import { pipelineSchema } from './pipeline-schema.ts';
import { stagesAtOnce, timeZone, window } from './restraint-schema.ts';
import { title } from './title.ts';

/** JavaScript lists keys that are whole numbers before all others, so a code is never one. */
const code = besideOwnPaths(
  matching(
    /^(?!\d+$)[A-Za-z0-9_-]{1,63}$/,
    'a code',
    'use 1 to 63 letters, digits, _ and -, at least one of them no digit (Latin letters)',
  ),
  'a code',
  parentSegments,
);
/** Evidences of FlexiBee are entities, too: `faktura-vydana`. */
const entityName = besideOwnPaths(
  matching(
    entityPattern,
    'a name',
    'use Latin letters, digits, _ and -, not a digit or - first, at most 128',
  ),
  'a name',
  parentSegments,
);
/** Quoted where it stands in a name in brackets, so that it may be anything. */
const sourceName = matching(
  /^(?=.*\S)[^\p{Cc}]{1,128}$/u,
  'a name in the source',
  'use a line of 1 to 128 characters',
);
/** Of a table; quoted where it stands. Not the names that a check's columns have by themselves. */
const column = matching(
  /^(?!(code|month|rows|moved)$)(?=.*\S)[^\p{Cc}]{1,128}$/iu,
  'a column',
  'use the name of one, of 1 to 128 characters, other than code, month, rows and moved',
);
const sums = list(column, 'columns').superRefine((names, context) => {
  const lower = names.map((one) => one.toLowerCase());
  for (const [index, one] of lower.entries()) {
    if (lower.indexOf(one) === index) continue;
    const message = `the same as sums[${lower.indexOf(one)}]; name each once`;
    context.addIssue({ code: 'custom', path: [index], message });
  }
});
/** Not shown when wrong: a connection string, password and all, is easily put here. */
const connection = z
  .string({ error: 'missing or not text; use the name of a setting, such as SQL_HCS' })
  .regex(/^[A-Z][A-Z0-9_]*$/, {
    error: 'not the name of a setting; use capitals, digits and _, such as SQL_HCS',
  });

/** The schema of one catalogue, given the names that catalogue declares. */
export function catalogSchema(declared: Declared) {
  const system = reference('a system', declared.pipelines);
  const database = reference('a database', declared.databases);

  const server = fields('a server', { id, description, guess, stagesAtOnce });
  const knownServer = reference('a server', declared.servers);
  const databaseItem = fields('a database', {
    id,
    description: description.optional(),
    guess,
    server: knownServer,
    connection,
    schemas: fields('names of schemas', {
      crude: schemaName.optional(),
      flexi: schemaName.optional(),
    })
      .refine(({ crude = 'crude', flexi = 'flexi' }) => crude !== flexi, {
        error: 'one schema for both; use two names',
      })
      .optional(),
  });
  const connectionItem = connectionSchema({
    ...{ id, description, guess, knownServer, database },
    setting: connection,
  });
  const { entities, codes, systems } = matcherShape(declared);
  const ownEntities = fields('a choice of entities', { entities: entities.unwrap() });
  const standsFor = fields('what a source stands for', {
    entities: entities.unwrap(),
    codes,
    systems,
  }).refine((others) => others.codes !== undefined || others.systems !== undefined, {
    error: 'for no source; give codes or systems',
  });
  const { entities: _, ...forSome } = overrideShape(declared);
  const dataSource = fields('a data source', {
    code,
    description: title,
    guess,
    system,
    database: database.optional(),
    company: companySchema({ knownServer, setting: connection }).optional(),
    // The list may be absent without a fault of its own.
    connection: oneOf('a connection', declared.connections).optional(),
    standsFor: standsFor.optional(),
    window: window.optional(),
    only: ownEntities.optional(),
    except: ownEntities.optional(),
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
    description: title,
    guess,
    dated: flag.default(false),
    sourceName: sourceName.optional(),
    after: list(reference('an entity', declared.entities), 'entities').default([]),
    dynsql: rowQuerySchema.optional(),
    sums: sums.optional(),
    systems: filledList(system, 'systems'),
    overrides: list(
      fields('an override', {
        ...forSome,
        dated: flag.optional(),
        sourceName: sourceName.optional(),
        sums: sums.optional(),
      }),
      'overrides',
    ).default([]),
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
    pipelines: filledList(pipelineSchema(declared), 'pipelines'),
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
/** The query of one place of a check. */
export type Check = Pipeline['checks'][number];

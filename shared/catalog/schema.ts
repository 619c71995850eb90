/**
 * The shape of a catalogue. Every leaf says what it expects, and references are checked against the
 * names the same catalogue declares, so that one pass lists every fault with its path.
 */

import { z } from 'zod';
import { returnChecks } from '../database/return-value.ts';
import { transactionModes } from '../database/transaction.ts';
import { rowQuerySchema } from '../dynsql/rows/row-query-schema.ts';
import { shown, unsuitable } from './catalog-error.ts';
import { connectionSchema } from './connection-schema.ts';
import type { Declared } from './declared.ts';
import { expects, fields, filledList, list, matching, oneOf, reference } from './field.ts';
import { entityPattern, namePattern, placeholderFault, procedureName } from './name-template.ts';
import { capacityOf, misfit, sqlTypesAllowed, valueSources } from './sql-type.ts';

/** SET options that are off on a new connection and may be on around one call. */
const setOptionsAllowed = ['FORCEPLAN', 'NOCOUNT', 'XACT_ABORT'] as const;
/** `per code`: each area by itself; `all areas`: one export loads every area of the system. */
const scopes = ['per code', 'all areas'] as const;
const places = ['source', 'crude', 'heap'] as const;
/**
 * `procedure`: one call; `flexibee`: a company's records, `dynsql`: the rows of a query, both handed
 * to a procedure piece by piece.
 */
const stageKinds = ['procedure', 'flexibee', 'dynsql'] as const;
/** What to do about a company whose versions went back, since a backup was restored. */
const regressions = ['stop', 'reload'] as const;
/** A day: a transaction that is open for longer is found by comparing all. */
const longestLateMinutes = 1_440;
/** A company that is looked at more seldom is better paused, and polled by hand. */
const longestPollMinutes = 60;
const pollMinutes = `use whole minutes from 1 to ${longestPollMinutes}`;
/** The changelog gives no more at once; fewer than ten would cost a request for every few records. */
const pageSizes = { least: 10, most: 1_000 };
const pageSize = `use a whole number from ${pageSizes.least} to ${pageSizes.most}`;
/** A server answers people, too. */
const mostAtOnce = 32;
const atOnce = `use a whole number from 1 to ${mostAtOnce}`;
/** With fewer no poll every hour, and no hook, is possible; of more nobody keeps count. */
const budgets = { least: 100, most: 10_000_000 };
const budget = `use a whole number from ${budgets.least} to ${budgets.most}, or leave it out where there is no limit`;
const lateMinutes = `use whole minutes from 1 to ${longestLateMinutes}`;
/** A day: what runs longer is lost. */
const longestTimeoutSeconds = 86_400;
const longestJournalDays = 36_500;
const journalRange = `use a whole number from 1 to ${longestJournalDays}`;

const flag = z.boolean(expects('a flag', 'use true or false'));
const description = matching(/\S/, 'a description', 'use text for people');
/** What in an entry rests on a guess: whoever runs it must set it, and take this out. */
const guess = matching(/\S/, 'a guess', 'say what in the entry must be checked').optional();
const id = matching(
  /^[A-Za-z0-9_-]{1,63}$/,
  'an id',
  'use 1 to 63 letters, digits, _ and - (Latin letters)',
);
/** JavaScript lists keys that are whole numbers before all others, so a code is never one. */
const code = matching(
  /^(?!\d+$)[A-Za-z0-9_-]{1,63}$/,
  'a code',
  'use 1 to 63 letters, digits, _ and -, at least one of them no digit (Latin letters)',
);
const name = matching(
  namePattern,
  'a name',
  'use Latin letters, digits and _, not a digit first, at most 128',
);

/** Evidences of FlexiBee are entities, too: `faktura-vydana`. */
const entityName = matching(
  entityPattern,
  'a name',
  'use Latin letters, digits, _ and -, not a digit or - first, at most 128',
);
const companyName = matching(
  /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/,
  'the name of a company',
  'use it as in /c/<name>: 1 to 63 letters, digits, _, . and -',
);

const whole = (what: string, use: string, { least, most }: { least: number; most: number }) =>
  z.int(expects(what, use)).min(least, expects(what, use)).max(most, expects(what, use));

/** Not shown when wrong: a connection string, password and all, is easily put here. */
const connection = z
  .string({ error: 'missing or not text; use the name of a setting, such as SQL_HCS' })
  .regex(/^[A-Z][A-Z0-9_]*$/, {
    error: 'not the name of a setting; use capitals, digits and _, such as SQL_HCS',
  });

const sqlType = z
  .string(expects('a type allowed here', sqlTypesAllowed))
  .refine(
    (type) => capacityOf(type) !== undefined,
    expects('a type allowed here', sqlTypesAllowed),
  );

const returnValue = oneOf('an answer to return values', returnChecks);

function isTimeZone(value: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
/** When a company is held against its mirror. */
const reconcileExpected = expects(
  'a time of day',
  'use hh:mm by the clock of periods.timeZone, such as 02:30, or false',
);
const reconcileTime = z
  .union([z.literal(false), z.string()], reconcileExpected)
  .refine((at) => at === false || /^([01]\d|2[0-3]):[0-5]\d$/.test(at), reconcileExpected);

const ianaZone = expects('a time zone', 'use an IANA name, such as Europe/Moscow');

const template = z
  .string(expects('a procedure', 'use schema.name, such as dbo.sp_export_{entity}'))
  .superRefine((text, context) => {
    const fault = placeholderFault(text);
    if (fault !== undefined) context.addIssue(`${shown(text)} ${fault}`);
    else if (procedureName(text.replaceAll(/\{\w+\}/g, 'x')) === undefined) {
      const use = 'use schema.name, both of Latin letters, digits and _';
      context.addIssue(unsuitable(text, 'a procedure', use));
    }
  });

const query = z
  .string(expects('a query', 'use SELECT MAX(…) AS [freshness] FROM …'))
  .superRefine((sql, context) => {
    const fault = placeholderFault(sql);
    if (fault !== undefined) context.addIssue(`${shown(sql)} ${fault}`);
    if (!/^SELECT\s/i.test(sql) || !/\sAS \[freshness\]\s/i.test(sql)) {
      const use = 'use SELECT MAX(…) AS [freshness] FROM …';
      context.addIssue(unsuitable(sql, 'a query of one value', use));
    }
    if (/;|--|\/\*/.test(sql)) {
      context.addIssue(unsuitable(sql, 'one plain statement', 'leave out ; -- and /*'));
    }
  });

function parameters(sources: readonly (typeof valueSources)[number][]) {
  const parameter = fields('a parameter', {
    name: matching(namePattern, 'a parameter name', 'use Latin letters, digits and _, without @'),
    type: sqlType,
    from: oneOf('a source of values', sources),
  }).superRefine(({ type, from }, context) => {
    const reason = misfit(type, from);
    const message = unsuitable(type, `a type for ${from}`, reason ?? '');
    if (reason !== undefined) context.addIssue({ code: 'custom', path: ['type'], message });
  });
  return list(parameter, 'parameters').superRefine((all, context) => {
    for (const [index, { name }] of all.entries()) {
      const first = all.findIndex((other) => other.name.toLowerCase() === name.toLowerCase());
      const message = `the same as parameters[${first}].name; use another (case does not count)`;
      if (first < index) context.addIssue({ code: 'custom', path: [index, 'name'], message });
    }
  });
}

/** The schema of one catalogue, given the names that catalogue declares. */
export function catalogSchema(declared: Declared) {
  const system = reference('a system', declared.pipelines);
  const knownEntity = reference('an entity', declared.entities);
  const database = reference('a database', declared.databases);

  /** Which entities and sources an override is for; every matcher given must match. */
  const matchers = {
    description: description.optional(),
    guess,
    entities: filledList(knownEntity, 'entities').optional(),
    codes: filledList(reference('a code', declared.dataSources), 'codes').optional(),
    scope: oneOf('a scope', scopes).optional(),
  };

  const call = {
    procedure: template,
    parameters: parameters(valueSources),
    setOptions: list(oneOf('a SET option allowed here', setOptionsAllowed), 'SET options'),
    transaction: oneOf('a way to call in a transaction', transactionModes),
    repeatable: flag,
    timeoutSeconds: z
      .number(expects('a time limit', `use seconds from 1 to ${longestTimeoutSeconds}`))
      .min(1, expects('a time limit', `use seconds from 1 to ${longestTimeoutSeconds}`))
      .max(longestTimeoutSeconds, {
        error: `longer than a day; use seconds from 1 to ${longestTimeoutSeconds}`,
      }),
    returnValue,
  };
  const stage = fields('a stage', {
    stage: name,
    kind: oneOf('a kind of stage', stageKinds),
    description: description.optional(),
    guess,
    shared: flag.default(false),
    database: database.optional(),
    ...call,
    parameters: call.parameters.default([]),
    setOptions: call.setOptions.default([]),
    transaction: call.transaction.optional(),
    repeatable: flag.default(false),
    timeoutSeconds: call.timeoutSeconds.optional(),
    returnValue: returnValue.optional(),
    overrides: list(
      fields('an override', { ...matchers, ...z.object(call).partial().shape }),
      'overrides',
    ).default([]),
  });

  const reading = { sql: query, parameters: parameters(['code', 'entity']) };
  const freshness = fields('a freshness query', {
    place: oneOf('a place', places),
    description: description.optional(),
    guess,
    database: database.optional(),
    ...reading,
    parameters: reading.parameters.default([]),
    except: filledList(knownEntity, 'entities').default([]),
    overrides: list(
      fields('an override', { ...matchers, ...z.object(reading).partial().shape }),
      'overrides',
    ).default([]),
  });

  const server = fields('a server', { id, description, guess });
  const knownServer = reference('a server', declared.servers);
  const databaseItem = fields('a database', {
    id,
    description: description.optional(),
    guess,
    server: knownServer,
    connection,
  });
  const connectionItem = connectionSchema({
    ...{ id, description, guess, knownServer, database },
    setting: connection,
  });
  const company = fields('a company', {
    server: knownServer,
    connection,
    name: companyName,
    journalDays: z
      .int(expects('a number of days', journalRange))
      .min(1, expects('a number of days', journalRange))
      .max(longestJournalDays, expects('a number of days', journalRange))
      .default(365),
    onRegression: oneOf('an answer to versions that went back', regressions).default('stop'),
    reconcile: reconcileTime.default('02:30'),
    paused: flag.default(false),
    pollMinutes: z
      .int(expects('an interval of polls', pollMinutes))
      .min(1, expects('an interval of polls', pollMinutes))
      .max(longestPollMinutes, { error: `longer than an hour; ${pollMinutes}` })
      .optional(),
    pageSize: whole('a page size', pageSize, pageSizes).default(pageSizes.most),
    requestsAtOnce: whole('a number of requests', atOnce, { least: 1, most: mostAtOnce }).default(
      4,
    ),
    requestsPerDay: whole('a number of requests a day', budget, budgets).optional(),
    lateMinutes: z
      .int(expects('a time for late commits', lateMinutes))
      .min(1, expects('a time for late commits', lateMinutes))
      .max(longestLateMinutes, { error: `longer than a day; ${lateMinutes}` })
      .default(60),
  });
  const dataSource = fields('a data source', {
    code,
    description,
    guess,
    system,
    database: database.optional(),
    company: company.optional(),
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
      timeZone: z.string(ianaZone).refine(isTimeZone, ianaZone),
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
export type Parameter = Stage['parameters'][number];

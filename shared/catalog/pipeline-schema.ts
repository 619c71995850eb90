/** The shape of a pipeline: its stages, what they call with which values, and how fresh its data are. */

import { z } from 'zod';
import { returnChecks } from '../database/return-value.ts';
import { transactionModes } from '../database/transaction.ts';
import { shown, unsuitable } from './catalog-error.ts';
import type { Declared } from './declared.ts';
import { expects, fields, filledList, list, matching, oneOf, reference } from './field.ts';
import { description, flag, guess, id, name, scopes } from './leaves.ts';
import { namePattern, placeholderFault, procedureName } from './name-template.ts';
import { capacityOf, misfit, sqlTypesAllowed, valueSources } from './sql-type.ts';

/** SET options that are off on a new connection and may be on around one call. */
const setOptionsAllowed = ['FORCEPLAN', 'NOCOUNT', 'XACT_ABORT'] as const;
const places = ['source', 'crude', 'heap'] as const;
/**
 * `procedure`: one call; `flexibee`: a company's records, `dynsql`: the rows of a query, both handed
 * to a procedure piece by piece.
 */
const stageKinds = ['procedure', 'flexibee', 'dynsql'] as const;
/** A day: what runs longer is lost. */
const longestTimeoutSeconds = 86_400;
const sqlType = z
  .string(expects('a type allowed here', sqlTypesAllowed))
  .refine(
    (type) => capacityOf(type) !== undefined,
    expects('a type allowed here', sqlTypesAllowed),
  );

const returnValue = oneOf('an answer to return values', returnChecks);

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

/** @param declared the names that the catalogue declares */
export function pipelineSchema(declared: Declared) {
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

  return fields('a pipeline', {
    id,
    description: description.optional(),
    guess,
    returnValue: returnValue.optional(),
    stages: filledList(stage, 'stages'),
    freshness: list(freshness, 'freshness queries').default([]),
    next: reference('a pipeline', declared.pipelines).optional(),
  });
}

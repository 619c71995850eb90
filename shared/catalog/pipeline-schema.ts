/** The shape of a pipeline: its stages, what they call with which values, and how fresh its data are. */

import { z } from 'zod';
import { returnChecks } from '../database/return-value.ts';
import { transactionModes } from '../database/transaction.ts';
import { shown, unsuitable } from '../faults/catalog-error.ts';
import { expects, fields, filledList, list, oneOf, reference } from '../faults/field.ts';
import type { Declared } from './declared.ts';
import { description, flag, guess, id, name, scopes } from './leaves.ts';
import { placeholderFault, procedureName } from './name-template.ts';
import { parameters, variables } from './parameter-schema.ts';
import { conditions } from './success-schema.ts';

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
    parameters,
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
    succeeds: conditions,
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
    succeeds: conditions.default([]),
    overrides: list(
      fields('an override', { ...matchers, ...z.object(call).partial().shape }),
      'overrides',
    ).default([]),
  });

  const reading = { sql: query, parameters: variables };
  const freshness = fields('a freshness query', {
    place: oneOf('a place', places),
    description: description.optional(),
    guess,
    database: database.optional(),
    ...reading,
    parameters: variables.default([]),
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

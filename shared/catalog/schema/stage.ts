/** The shape of stages and freshness queries, and of what is different for some of their subjects. */

import { z } from 'zod';
import { returnChecks } from '../../database/return-value.ts';
import { transactionModes } from '../../database/transaction.ts';
import { shown, unsuitable } from '../fault.ts';
import { expects, fields, filledList, list, oneOf } from '../field.ts';
import { placeholderFault, procedureName } from '../template.ts';
import { description, flag, guess, name } from './leaves.ts';
import { parameters, variables } from './parameters.ts';
import { conditions } from './success.ts';

/** SET options that are off on a new connection and may be on around one call. */
const setOptionsAllowed = ['FORCEPLAN', 'NOCOUNT', 'XACT_ABORT'] as const;
/** `per code`: each area by itself; `all areas`: one export loads every area of the system. */
export const scopes = ['per code', 'all areas'] as const;
const places = ['source', 'crude', 'heap'] as const;
/**
 * `procedure`: one call; `flexibee`: a company's records, `dynsql`: the rows of a query, both handed
 * to a procedure piece by piece.
 */
const stageKinds = ['procedure', 'flexibee', 'dynsql'] as const;
/** A day: what runs longer is lost. */
const longestTimeoutSeconds = 86_400;

export const returnValue = oneOf('an answer to return values', returnChecks);

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

const reading = { sql: query, parameters: variables };

interface Known<Text extends z.ZodType<string>> {
  entity: Text;
  code: Text;
  database: Text;
}

/** @param known names that the catalogue declares */
export function itemSchemas<Text extends z.ZodType<string>>(known: Known<Text>) {
  /** Which entities and sources an override is for; every matcher given must match. */
  const matchers = {
    description: description.optional(),
    guess,
    entities: filledList(known.entity, 'entities').optional(),
    codes: filledList(known.code, 'codes').optional(),
    scope: oneOf('a scope', scopes).optional(),
  };
  const stage = fields('a stage', {
    stage: name,
    kind: oneOf('a kind of stage', stageKinds),
    description: description.optional(),
    guess,
    shared: flag.default(false),
    database: known.database.optional(),
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
  const freshness = fields('a freshness query', {
    place: oneOf('a place', places),
    description: description.optional(),
    guess,
    database: known.database.optional(),
    ...reading,
    parameters: variables.default([]),
    except: filledList(known.entity, 'entities').default([]),
    overrides: list(
      fields('an override', { ...matchers, ...z.object(reading).partial().shape }),
      'overrides',
    ).default([]),
  });
  return { stage, freshness };
}

/** The shape of a pipeline: its stages, what they call with which values; its queries are in query-schema.ts. */

import { z } from 'zod';
import { returnChecks } from '../database/return-value.ts';
import { transactionModes } from '../database/transaction.ts';
import { shown, unsuitable } from '../faults/catalog-error.ts';
import { expects, fields, filledList, list, oneOf, reference } from '../faults/field.ts';
import type { Declared } from './declared.ts';
import { description, flag, guess, id, name } from './leaves.ts';
import { matcherSchema, overrideShape } from './matcher.ts';
import { isProcedure, placeholderFault } from './name-template.ts';
import { parameters } from './parameter-schema.ts';
import { querySchemas } from './query-schema.ts';
import { exclusive, window } from './restraint-schema.ts';
import { conditions } from './success-schema.ts';

/** SET options that are off on a new connection and may be on around one call. */
const setOptionsAllowed = ['FORCEPLAN', 'NOCOUNT', 'XACT_ABORT'] as const;
/**
 * `procedure`: one call; `flexibee`: a company's records, `dynsql`: the rows of a query, both handed
 * to a procedure piece by piece.
 */
const stageKinds = ['procedure', 'flexibee', 'dynsql'] as const;
/**
 * For what one call is made, where it is not for one entity of one source: for an entity of all
 * sources of a run, for a source with all its entities, for a run.
 */
export const onces = ['entity', 'source', 'run'] as const;
/** How many of what comes before must have succeeded. */
export const needed = ['all', 'any'] as const;
/** A day: what runs longer is lost. */
const longestTimeoutSeconds = 86_400;
const returnValue = oneOf('an answer to return values', returnChecks);

const template = z
  .string(expects('a procedure', 'use schema.name, such as dbo.sp_export_{entity}'))
  .superRefine((text, context) => {
    const fault = placeholderFault(text);
    if (fault !== undefined) context.addIssue(`${shown(text)} ${fault}`);
    else if (!isProcedure(text)) {
      const use =
        'use schema.name, each of letters, digits and _, or anything in brackets: [my schema].[a-b]';
      context.addIssue(unsuitable(text, 'a procedure', use));
    }
  });

/** @param declared the names that the catalogue declares */
export function pipelineSchema(declared: Declared) {
  const database = reference('a database', declared.databases);
  const choice = matcherSchema(declared);
  const forSome = overrideShape(declared);

  const common = { database, repeatable: flag, returnValue };
  const call = {
    ...common,
    procedure: template,
    parameters,
    setOptions: list(oneOf('a SET option allowed here', setOptionsAllowed), 'SET options'),
    transaction: oneOf('a way to call in a transaction', transactionModes),
    timeoutSeconds: z
      .number(expects('a time limit', `use seconds from 1 to ${longestTimeoutSeconds}`))
      .min(1, expects('a time limit', `use seconds from 1 to ${longestTimeoutSeconds}`))
      .max(longestTimeoutSeconds, {
        error: `longer than a day; use seconds from 1 to ${longestTimeoutSeconds}`,
      }),
    succeeds: conditions,
    exclusive,
    window,
  };
  const optional = z.object(call).partial().shape;
  const stage = fields('a stage', {
    stage: name,
    kind: oneOf('a kind of stage', stageKinds).default('procedure'),
    description: description.optional(),
    guess,
    once: oneOf('what a call is made for', onces).optional(),
    only: choice.optional(),
    except: choice.optional(),
    after: list(name, 'names of stages').optional(),
    needs: oneOf('a need', needed).default('all'),
    ...optional,
    procedure: template,
    parameters: parameters.default([]),
    setOptions: call.setOptions.default([]),
    succeeds: conditions.default([]),
    exclusive: exclusive.default([]),
    overrides: list(fields('an override', { ...forSome, ...optional }), 'overrides').default([]),
  });

  const { freshness, check } = querySchemas(declared);
  const optionalCommon = z.object(common).partial().shape;
  return fields('a pipeline', {
    id,
    description: description.optional(),
    guess,
    ...optionalCommon,
    overrides: list(fields('an override', { ...forSome, ...optionalCommon }), 'overrides').default(
      [],
    ),
    stages: filledList(stage, 'stages'),
    freshness: list(freshness, 'freshness queries').default([]),
    checks: list(check, 'queries of checks').default([]),
    next: reference('a pipeline', declared.pipelines).optional(),
  });
}

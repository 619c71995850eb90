/** What dynsql's routes take and answer. */

import { z } from 'zod';
import { connectionKinds } from '../../shared/catalog/index.ts';
import {
  conditionParameters,
  type plainParameters,
} from '../../shared/dynsql/language/query-parameters.ts';
import type { Parameter } from '../../shared/http/openapi.ts';

export const connectionSchema = z.string().describe('Id of a connection in the catalogue');
export const definitionIdSchema = z
  .string()
  .regex(/^[0-9A-Za-z]{26}$/)
  .describe('Packed CLSID');

export const connectionsSchema = z
  .object({
    connections: z.array(
      z
        .object({
          id: connectionSchema,
          kind: z.enum(connectionKinds).meta({
            description: '`database`: one of ours; `abra-gen`: a connection of such a server',
          }),
          description: z.string().exactOptional(),
        })
        .meta({ id: 'ConnectionName' }),
    ),
  })
  .meta({ id: 'Connections' });

export const definitionsSchema = z.array(
  z.object({ id: definitionIdSchema, name: z.string() }).meta({ id: 'DefinitionName' }),
);

/** ABRA's own shape; more keys than these. */
export const definitionSchema = z
  .looseObject({
    id: z.string(),
    name: z.string(),
    datasets: z.array(z.looseObject({})),
    conditions: z.array(z.looseObject({})),
    keys: z.array(z.looseObject({})),
  })
  .meta({ id: 'Definition' });

const one = <Item extends z.ZodType>(item: Item) => z.union([item, z.array(item)]);

const scalar = z.union([z.string(), z.number()]);
const conditions = one(z.looseObject({}));
const valueSchema = z.union([
  scalar,
  z.boolean(),
  z.array(scalar),
  z
    .object({ in: one(scalar).optional(), from: scalar.optional(), to: scalar.optional() })
    .describe('A list, a range that may be open at one end, or what either of them finds'),
]);
const parts = {
  select: one(z.string()).optional(),
  where: one(
    z.object({
      id: z
        .string()
        .optional()
        .describe('Needed, but for or, and, not; members may be named in any case of letters'),
      value: valueSchema.optional(),
      flags: one(z.string()).optional(),
      isNull: z.boolean().optional().describe('In place of value: whether there is none'),
      or: conditions.optional().describe('Alone: conditions of which any is fulfilled'),
      and: conditions.optional().describe('Alone: conditions that are all fulfilled'),
      not: conditions.optional().describe('Alone: conditions that are not all fulfilled'),
    }),
  ).optional(),
  orderby: one(
    z.object({ id: z.string().optional(), ordering: z.enum(['asc', 'desc']).optional() }),
  ).optional(),
};
const groups = {
  distinct: z.boolean().optional().describe('Rows that are equal in what is selected are one'),
  groupby: one(z.string())
    .optional()
    .describe('Rows that are equal in these fields are one; others add up as they say'),
};
const nested = z.object({
  name: z.string(),
  ...parts,
  ...groups,
  datasets: one(z.looseObject({ name: z.string() })).optional(),
});

/** For `/openapi.json`: a query itself is checked against its definition. */
export const querySchema = z
  .object({
    ...parts,
    ...groups,
    datasets: one(nested).optional(),
    top: z.int().min(1).optional(),
    skip: z.int().min(0).optional(),
    count: z.boolean().optional().describe('Whether the answer says how many rows there are'),
    next: z
      .union([z.boolean(), z.string()])
      .optional()
      .describe('true for a first page of top rows, then the next of the page before'),
  })
  .meta({ id: 'Query' });

const plain: Record<(typeof plainParameters)[number], Omit<Parameter, 'name' | 'in'>> = {
  select: {
    description: 'Fields, with commas between them; of a nested dataset ROWS.Name',
    schema: () => z.string(),
  },
  where: {
    description:
      'Conditions as in a body, in JSON, also with or, and, not; of a nested dataset where.ROWS',
    schema: () => z.string(),
  },
  orderby: {
    description: 'Keys, with commas between them; - in front sorts downwards',
    schema: () => z.string(),
  },
  groupby: {
    description: 'Fields, with commas between them: rows that are equal in these are one',
    schema: () => z.string(),
  },
  distinct: {
    description: 'true: rows that are equal in what is selected are one',
    schema: () => z.string(),
  },
  top: { description: 'At most so many rows', schema: () => z.string() },
  skip: { description: 'Rows left out at the beginning', schema: () => z.string() },
  count: { description: 'true: the answer says how many rows there are', schema: () => z.string() },
  next: {
    description: 'true for a first page of top rows, then the next of the page before',
    schema: () => z.string(),
  },
};

/** A query as parameters. */
export const rowsParameters: readonly Parameter[] = [
  ...Object.entries(plain).map(([name, one]) => ({ name, in: 'query' as const, ...one })),
  {
    name: 'conditions',
    in: 'query',
    members: conditionParameters.map((beginning) => `${beginning}*`),
    description:
      'where.Code=C* for each condition, its value as text or as JSON, and flags.Code=CaseInsensitive',
    schema: () => z.record(z.string().regex(/^(where|flags)\../), z.string()),
  },
];

const normalParts = {
  select: z.array(z.string()).optional(),
  where: z
    .array(
      z.object({
        id: z.string(),
        value: z.union([scalar, z.boolean(), z.array(scalar)]).optional(),
        flags: z.array(z.string()).optional(),
      }),
    )
    .optional(),
  orderby: z.array(z.object({ id: z.string(), ordering: z.literal('desc').optional() })).optional(),
};

/** Rows, or with `dry` what would run. */
export const answerSchema = z.union([
  z
    .object({
      name: z.string(),
      count: z.int().optional().describe('Rows of the root, however few are shown'),
      items: z.array(
        z.looseObject({ datasets: z.array(z.looseObject({ name: z.string() })).optional() }),
      ),
      next: z.string().optional().describe('Of a page that is full: where to go on'),
    })
    .meta({ id: 'Rows' }),
  z
    .object({
      statements: z.array(
        z.object({
          dataset: z.string(),
          sql: z.string(),
          parameters: z.array(z.looseObject({ name: z.string(), type: z.string() })),
        }),
      ),
    })
    .meta({ id: 'Statements' }),
  z
    .object({
      query: z
        .object({
          ...normalParts,
          datasets: z.array(z.object({ name: z.string(), ...normalParts })).optional(),
        })
        .describe('As ABRA Gen would be sent it: names as declared, each value in one form'),
    })
    .meta({ id: 'NormalQuery' }),
]);

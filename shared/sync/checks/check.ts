/** Checks in a run's document: what is asked of which place, and what came of it. */

import { z } from 'zod';
import { clocks, onDifferences } from '../../catalog/query-schema.ts';
import { instantSchema } from '../../storage/instant.ts';
import { periodSchema } from '../call.ts';
import { parameterSchema } from '../stage.ts';

/**
 * `agrees`: all places have the same, within the tolerance; `differs`: they have not, and no row that
 * moved meanwhile explains it; `unknown`: nobody knows, since a place was not read, or has nothing to
 * compare.
 */
export const checkStates = ['agrees', 'differs', 'unknown'] as const;

/** The clock of a database as it showed before a stage began, by both of its hands. */
export const clockSchema = z.record(z.enum(clocks), z.string());
export type Clock = z.infer<typeof clockSchema>;

/** A query as the catalogue had it when the run was planned; the first of a check is the reference. */
const querySchema = z.object({
  place: z.string(),
  database: z.string(),
  /** Its place in the run's `statements`. */
  statement: z.int(),
  parameters: z.array(parameterSchema),
  /** The stage before which its clock is read. */
  before: z.string(),
  began: clockSchema.exactOptional(),
  tolerance: z.record(z.string(), z.union([z.string(), z.number()])).exactOptional(),
  onDifference: z.enum(onDifferences),
  timeoutSeconds: z.number().positive(),
});
export type CheckQuery = z.infer<typeof querySchema>;

const differenceSchema = z
  .object({
    code: z.string(),
    month: z.string().exactOptional().meta({ description: '`yyyy-mm`, or as the query has it' }),
    of: z.string().meta({ description: 'What is compared: `rows`, `amount`' }),
    values: z.record(z.string(), z.string()).meta({
      description: 'By place, with all digits; the first place is what others are held to',
    }),
    moved: z.string().exactOptional().meta({ description: 'Rows that moved meanwhile' }),
  })
  .meta({ id: 'CheckDifference' });
export type Difference = z.infer<typeof differenceSchema>;

export const checkResultSchema = z.object({
  state: z.enum(checkStates).meta({
    description:
      '`differs`: beyond the tolerance, and beyond what rows explain that moved meanwhile; `unknown`: a place was not read, or there is nothing to compare',
  }),
  at: instantSchema,
  groups: z.int().meta({ description: 'Data sources and months that were compared' }),
  moved: z
    .string()
    .exactOptional()
    .meta({ description: 'Rows that moved meanwhile; of their groups only rows are compared' }),
  differences: z.array(differenceSchema).exactOptional().meta({ description: 'The first ones' }),
  more: z
    .int()
    .exactOptional()
    .meta({ description: 'How many differences there are beside these' }),
  fails: z.literal(true).exactOptional().meta({ description: 'The run has failed by it' }),
  errors: z.array(z.string()).exactOptional().meta({ description: 'Why it is unknown, by place' }),
});
export type CheckResult = z.infer<typeof checkResultSchema>;

export const checkSchema = z.object({
  /** Its name in the catalogue. */
  check: z.string(),
  entity: z.string(),
  code: z.string(),
  /** The month that its queries are about; absent: all that there are. */
  period: periodSchema.optional(),
  queries: z.array(querySchema),
  /** Absent: it has not been asked, since its stages have not all succeeded (yet). */
  result: checkResultSchema.optional(),
});
export type Check = z.infer<typeof checkSchema>;

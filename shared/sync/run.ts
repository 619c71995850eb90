/**
 * The run document: what was asked, the plan, and everything that happened since.
 *
 * States of a run: `waiting` → `queued` → `running` → `succeeded` | `failed` | `cancelled` |
 * `interrupted`; one that is not asked to wait begins `queued`.
 * All times are ISO 8601 in UTC; all durations are in milliseconds.
 */

import { z } from 'zod';
<<<<<<< HEAD
import { returnChecks } from '../database/return-value.ts';
import { type RowCounts, rowCounts } from '../database/row-counts.ts';
import { transactionModes } from '../database/transaction.ts';
import { instantSchema } from '../storage/instant.ts';
import { callSchema, periodSchema } from './call.ts';
import { checkSchema } from './checks/check.ts';
import { parameterSchema, valueSchema } from './parameter.ts';
=======
import { instantSchema } from '../storage/instant.ts';
import { callSchema, periodSchema } from './call.ts';
import { parameterSchema, stageSchema } from './stage.ts';

export {
  type CallValue,
  type CheckedCondition,
  currentStageSchema,
  hasEnded,
  type Stage,
  type StageAttempt,
  type StageError,
  type StageState,
  type StageWait,
  type SuccessCondition,
  stageErrorSchema,
} from './stage.ts';
>>>>>>> main

export const runStates = [
  'waiting',
  'queued',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'interrupted',
] as const;
export type RunState = (typeof runStates)[number];

/** Of `calls` any list of them, of the others one call each. */
export const runKinds = ['data_source', 'entity', 'calls'] as const;

<<<<<<< HEAD
const stageStates = [
  'pending',
  'running',
  'succeeded',
  'failed',
  'skipped',
  'cancelled',
  'interrupted',
] as const;
export type StageState = (typeof stageStates)[number];

/** Why a stage failed; `number` to `line` are SQL Server's own where the error came from it. */
export const stageErrorSchema = z
  .object({
    /** Cut to what the document has room for; whole in the run's log. */
    message: z.string(),
    /** What it means to us: decides on a retry. */
    meaning: z.enum([
      'transient',
      'permanent',
      'cancelled',
      'timed out',
      'login',
      'unreachable',
      'lock lost',
      'interrupted',
    ]),
    number: z.int().optional(),
    severity: z.int().optional(),
    state: z.int().optional(),
    procedure: z.string().optional(),
    line: z.int().optional(),
  })
  .meta({ id: 'StageError' });
export type StageError = z.infer<typeof stageErrorSchema>;

const attemptSchema = z
  .object({
    startedAt: instantSchema,
    endedAt: instantSchema.optional(),
    error: stageErrorSchema.optional(),
  })
  .meta({ id: 'StageAttempt' });
export type StageAttempt = z.infer<typeof attemptSchema>;

export type CallValue = z.infer<typeof valueSchema>;

/** As the catalogue has it; `of` is `return value`, `rows`, `returned rows` or `@name`. */
const conditionSchema = z
  .object({
    of: z.string(),
    is: z.array(valueSchema).exactOptional(),
    atLeast: z.number().exactOptional(),
    atMost: z.number().exactOptional(),
    otherwise: z.enum(['fail', 'warn']),
  })
  .meta({ id: 'SuccessCondition' });
export type SuccessCondition = z.infer<typeof conditionSchema>;

const checkedSchema = z
  .object({
    of: z.string(),
    found: valueSchema.meta({ description: 'Texts are cut' }),
    met: z.boolean(),
  })
  .meta({ id: 'CheckedCondition' });
export type CheckedCondition = z.infer<typeof checkedSchema>;

const rowsSchema = z.object({
  sum: z.number().meta({
    description:
      'Rows of all statements that counted, as the server counts them: also those it returned',
  }),
  statements: z.int().meta({ description: 'Statements that counted' }),
  last: z
    .array(z.number())
    .meta({ description: 'Counts of the latest statements, oldest first, at most 5' }),
  returned: z.int().exactOptional().meta({ description: 'Rows in result sets; absent when none' }),
}) satisfies z.ZodType<RowCounts>;

const messagesSchema = z.object({
  count: z.int().meta({ description: 'Info messages of the newest attempt; all are in the log' }),
  last: z
    .object({ at: instantSchema, text: z.string() })
    .exactOptional()
    .meta({ description: 'The newest of them, cut' }),
});

export const currentStageSchema = z
  .object({
    /** Unique in the run: `export:meter:0c10`, `crude:meter`, `export:payment:0c10:2026-09`, `close:*`. */
    id: z.string(),
    kind: z.enum(['procedure', 'flexibee', 'dynsql']),
    /** Its name in its pipeline: `export`, `crude`. */
    stage: z.string(),
    /** `*` for a stage that serves all entities at once. */
    entity: z.string(),
    /** Absent for a stage that serves all sources of the run at once. */
    code: z.string().optional(),
    /** The month that is in its parameters. */
    period: periodSchema.optional(),
    server: z.string(),
    database: z.string(),
    /** Where the settings had it when the run was planned; absent in older runs. */
    location: z.string().optional(),
    procedure: z.object({ schema: z.string(), name: z.string() }),
    parameters: z.array(parameterSchema),
    /** Of `dynsql`: the id of a connection, and the place of its query in the run's `queries`. */
    asks: z.object({ connection: z.string(), query: z.int() }).optional(),
    /** SET options that are ON around the call, on the same connection: `FORCEPLAN`. */
    setOptions: z.array(z.string()),
    /** `none`: the procedure manages transactions of its own; absent: one of ours is around it. */
    transaction: z.enum(transactionModes).optional(),
    repeatable: z.boolean(),
    /** What a return value other than 0 means; `warn` where an older run does not say. */
    returnCheck: z.enum(returnChecks).optional(),
    /** What must be so for it to have succeeded, beside that no error came. */
    succeeds: z.array(conditionSchema).exactOptional(),
    timeoutSeconds: z.number().positive().optional(),
    /** Milliseconds, the median of earlier runs when this one was planned; absent: there was none. */
    expectedMs: z.number().optional(),
    /** Of these stages one at least must have succeeded before, and all have ended. */
    anyOf: z.array(z.string()).exactOptional(),
    /** Those of `anyOf` that had not succeeded when its call began: it did without them. */
    without: z.array(z.string()).exactOptional(),
    /**
     * Ids of the stages that must have succeeded before. The order on one server is the order of
     * the document; a stage stands after everything it needs.
     */
    needs: z.array(z.string()),
    state: z.enum(stageStates),
    attempts: z.array(attemptSchema),
    rows: rowsSchema.optional(),
    /** What the procedure returned, where the stage succeeded, or failed by one of `checked`. */
    returnValue: z.number().optional(),
    /** Values of output parameters by name without `@`, of the newest call; texts are cut. */
    outputs: z.record(z.string(), valueSchema).exactOptional(),
    /** What was compared with `succeeds`, in its order. */
    checked: z.array(checkedSchema).exactOptional(),
    /** What somebody should look at although the stage succeeded; absent: nothing. */
    warnings: z.array(z.string()).optional(),
    /** Whole they are in the run's log. */
    messages: messagesSchema,
    error: stageErrorSchema.optional(),
  })
  .meta({ id: 'Stage' });
export type Stage = z.infer<typeof currentStageSchema>;

/** Runs of up to 90 days ago had every count in `rowsAffected`, and 20 messages in an array. */
const earlierStageSchema = z.looseObject({
  rowsAffected: z.array(z.number()).optional(),
  messages: z.array(z.object({ at: z.string(), text: z.string() })),
});

const stageSchema = z.preprocess((value) => {
  const earlier = earlierStageSchema.safeParse(value);
  if (!earlier.success) return value;
  const { rowsAffected, messages, ...stage } = earlier.data;
  const last = messages.at(-1);
  return {
    ...stage,
    ...(rowsAffected && { rows: rowCounts(rowsAffected) }),
    messages: { count: messages.length, ...(last && { last }) },
  };
}, currentStageSchema);

=======
>>>>>>> main
/** Newest timestamps by place, as SQL Server returned them; null: no rows; absent: unreadable. */
const freshnessReadingSchema = z
  .object({ at: instantSchema, errors: z.array(z.string()).exactOptional() })
  .catchall(z.string().nullable())
  .meta({ id: 'FreshnessReading' });
export type FreshnessReading = z.infer<typeof freshnessReadingSchema>;

/** A query as the catalogue had it when the run was planned. */
const freshnessQuerySchema = z.object({
  place: z.string(),
  database: z.string(),
  /** Its place in the run's `statements`: eleven areas share one text. */
  statement: z.int(),
  parameters: z.array(parameterSchema),
});
export type FreshnessQuery = z.infer<typeof freshnessQuerySchema>;

const freshnessSchema = z.object({
  entity: z.string(),
  code: z.string(),
  /** Absent in older runs: they are not read any more. */
  queries: z.array(freshnessQuerySchema).optional(),
  before: freshnessReadingSchema.optional(),
  after: freshnessReadingSchema.optional(),
});
export type Freshness = z.infer<typeof freshnessSchema>;

export const runSchema = z.object({
  id: z.string(),
  kind: z.enum(runKinds),
  state: z.enum(runStates),
  user: z.string(),
  /** The name of the token, never its value. */
  token: z.string(),
  /** Of all calls, each once. */
  codes: z.array(z.string()),
  /** Entity names of all calls, in the order of the plan. */
  names: z.array(z.string()),
  /** Where the calls have one month between them. */
  period: periodSchema.optional(),
  /** What was asked for; absent in older runs, which have one call: codes, names and period. */
  calls: z.array(callSchema).optional(),
  /** The board by whose calls it was started. */
  board: z.string().optional(),
  /** Of a run that a schedule started: which one, and the time at which it was due. */
  due: z.object({ schedule: z.string(), at: instantSchema }).exactOptional(),
  /** The run that this one makes again. */
  retryOf: z.string().optional(),
  /** All of that one, or what it has left open. */
  retryFrom: z.enum(['failure', 'all']).optional(),
  /** Runs that make this one again, the newest last. */
  retriedBy: z.array(z.string()).optional(),
  /** Of a waiting run: it does not start before. */
  notBefore: instantSchema.optional(),
  /** Of a waiting run: its place in the one order of all that wait; the lower comes first. */
  ticket: z.string().optional(),
  createdAt: instantSchema,
  startedAt: instantSchema.optional(),
  endedAt: instantSchema.optional(),
  /** Why it ended as it did, where that is not an error of a stage. */
  reason: z.string().optional(),
  /**
   * The locks `sync/<server>` that the run holds, with the current lease id: of each source server
   * one by its id and one by its address (`locks.ts`).
   */
  locks: z.array(z.object({ server: z.string(), leaseId: z.string() })),
  /** The attempt of one worker that executes the run now; a new one for every attempt. */
  holder: z.string().optional(),
  /** Until then no worker has it, and nothing of it may begin: its stages wait for their windows. */
  wakesAt: instantSchema.optional(),
  /** How often a worker died with the run, or failed at it, since one of its stages last succeeded. */
  takeOvers: z.int().optional(),
  stages: z.array(stageSchema),
  freshness: z.array(freshnessSchema),
  /** What source, crude and heap have, held against one another; absent: the catalogue has none. */
  checks: z.array(checkSchema).exactOptional(),
  /** Texts of the queries of freshness and checks. */
  statements: z.array(z.string()).optional(),
  /** Queries of dynsql, as the catalogue had them when the run was planned, each once. */
  queries: z.array(z.record(z.string(), z.unknown())).optional(),
  /** The catalogue's revision when the run was planned. */
  catalog: z.string().optional(),
  /** That of the worker that executes it, where it is another: the run goes by its plan. */
  workerCatalog: z.string().optional(),
  /** What happened, in a sentence each: taken over by a worker, recovered, cancelled by whom. */
  log: z.array(z.object({ at: instantSchema, text: z.string() })),
});
export type Run = z.infer<typeof runSchema>;

export const finalStates: readonly RunState[] = ['succeeded', 'failed', 'cancelled', 'interrupted'];

/** True when the run will never change again. */
export function isFinished(run: Pick<Run, 'state'>): boolean {
  return finalStates.includes(run.state);
}

/** How often a stage succeeded with something that somebody should look at, or a check differs. */
export function warningsIn({ stages, checks = [] }: Pick<Run, 'stages' | 'checks'>): number {
  const differing = checks.filter(({ result }) => result?.state === 'differs' && !result.fails);
  return stages.reduce((sum, { warnings }) => sum + (warnings?.length ?? 0), differing.length);
}

/**
 * A stage in the run document: one call, and everything that happened to it.
 *
 * States: `pending` → `running` → `succeeded` | `failed` | `cancelled` | `interrupted`, and
 * `pending` → `skipped` (a stage it depends on did not succeed, or its window is closed) |
 * `cancelled`. All times are ISO 8601 in UTC; all durations are in milliseconds.
 */

import { z } from 'zod';
import { clockSources, outsides, runSources } from '../catalog/index.ts';
import { returnChecks } from '../database/return-value.ts';
import { type RowCounts, rowCounts } from '../database/row-counts.ts';
import { transactionModes } from '../database/transaction.ts';
import { instantSchema } from '../storage/instant.ts';
import { timeOfDay } from '../time/day-window.ts';
import { isZone } from '../time/zone.ts';
import { periodSchema } from './call.ts';

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

const valueSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type CallValue = z.infer<typeof valueSchema>;

export const parameterSchema = z
  .object({
    name: z.string(),
    type: z.string(),
    value: valueSchema,
    /**
     * Before it is known: in a plan that has not begun `user`, `run id`, `date of run`; of a check
     * when a stage began.
     */
    from: z.enum([...runSources, ...clockSources]).exactOptional(),
    /** Its value after the call is in `outputs`. */
    output: z.literal(true).exactOptional(),
    required: z.literal(true).exactOptional(),
    /** Of an output parameter: its value is in no record. */
    secret: z.literal(true).exactOptional(),
  })
  .meta({ id: 'ProcedureParameter' });

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

const clockSchema = z.string().regex(timeOfDay);
const windowSchema = z
  .object({
    from: clockSchema,
    to: clockSchema,
    timeZone: z.string().refine(isZone),
    outside: z.enum(outsides).meta({ description: 'What becomes of the stage outside of it' }),
  })
  .refine(({ from, to }) => from !== to)
  .meta({ id: 'StageWindow', description: 'Hours of each day in which a stage may begin' });

const stageWaitSchema = z
  .object({
    exclusive: z.string().exactOptional().meta({ description: 'A name that another stage holds' }),
    run: z.string().exactOptional().meta({ description: 'Whose stage that is' }),
    opens: instantSchema.exactOptional().meta({ description: 'When its window opens' }),
  })
  .meta({ id: 'StageWait' });
export type StageWait = z.infer<typeof stageWaitSchema>;

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
    /** How many stages its server allows at once; absent: one. */
    atOnce: z.int().min(1).exactOptional(),
    /** Names of which no other stage anywhere holds one while it runs, sorted. */
    exclusive: z.array(z.string()).exactOptional(),
    /** The hours in which it may begin. */
    window: windowSchema.exactOptional(),
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
    /** Of a stage that is skipped although nothing has failed: the window that it missed. */
    reason: z.string().exactOptional(),
    /** What keeps it from beginning just now, beside its server and what it needs. */
    waitsFor: stageWaitSchema.exactOptional(),
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

export const stageSchema = z.preprocess((value) => {
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

/** True for a stage that will not change any more. */
export function hasEnded(stage: Pick<Stage, 'state'>): boolean {
  return stage.state !== 'pending' && stage.state !== 'running';
}

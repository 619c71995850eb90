/**
 * The run document: what was asked, the plan, and everything that happened since.
 *
 * States of a run: `waiting` → `queued` → `running` → `succeeded` | `failed` | `cancelled` |
 * `interrupted`; one that is not asked to wait begins `queued`.
 * All times are ISO 8601 in UTC; all durations are in milliseconds.
 */

import { z } from 'zod';
import { askerMembers } from '../audit/asker.ts';
import { instantSchema } from '../storage/instant.ts';
import { callSchema, periodSchema } from './call.ts';
import { checkSchema } from './checks/check.ts';
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
  ...askerMembers,
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
  /** It has ended in a way that somebody should hear of, and no event says so yet. */
  untold: z.literal(true).exactOptional(),
  /** W3C `traceparent` of the request that asked for it. */
  trace: z.string().exactOptional(),
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

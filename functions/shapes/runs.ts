/** What goes in and out over HTTP: used to check and shape it, and for `/openapi.json`. */

import { z } from 'zod';
import { healthPartSchema, healthStateSchema } from '../../shared/app/health/part.ts';
import { instantSchema } from '../../shared/storage/instant.ts';
import { checkSchema } from '../../shared/sync/checks/check.ts';
import { runSchema, runStates, stageErrorSchema } from '../../shared/sync/run.ts';
import { checkCountsSchema, type Progress } from '../../shared/sync/syncs.ts';

/** A line of well-formed text: no control characters, no half of a surrogate pair. */
export const userSchema = z
  .string()
  .max(128)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u)
  .regex(/\S/)
  .meta({ description: 'Who asks: 1 to 128 characters, kept in the run for people to read' });

const codeSchema = z.string().meta({ description: 'Data source, a key of /valid_codes' });
export const codesSchema = z
  .union([codeSchema, z.array(codeSchema).min(1).meta({ uniqueItems: true })])
  .meta({ description: 'One data source, or several for one run, each once' });
export const nameSchema = z
  .string()
  .meta({ description: 'Entity, a key of /{code}/valid_names for every code' });

/** 1 to 12; clients also send it as text. */
export const monthSchema = z
  .union([
    z.int().min(1).max(12),
    z
      .string()
      .regex(/^(0?[1-9]|1[0-2])$/)
      .transform(Number),
  ])
  .meta({ description: 'Month, a whole number from 1 to 12, also as text' });

/** Four digits; clients also send it as text. */
export const yearSchema = z
  .union([
    z.int().min(1000).max(9999),
    z
      .string()
      .regex(/^[1-9]\d{3}$/)
      .transform(Number),
  ])
  .meta({ description: 'Year, a whole number of four digits, also as text' });

export const tokenSchema = z
  .string()
  .optional()
  .meta({ description: 'API token, in place of Authorization: Bearer' });

export const whenBusySchema = z.enum(['refuse', 'wait']).meta({
  description:
    '`wait`: where a server is busy, or somebody waits for it, the run waits in line; otherwise it is refused',
});

const dataSourceSyncBody = z
  .object({
    token: tokenSchema,
    user: userSchema,
    code: codesSchema,
    month: monthSchema.nullish(),
    year: yearSchema.nullish(),
    whenBusy: whenBusySchema.nullish(),
  })
  .meta({
    id: 'DataSourceSync',
    description: 'Month and year are needed when the data source has a dated entity',
  });

const entitySyncBody = dataSourceSyncBody
  .extend({ name: nameSchema })
  .meta({ id: 'EntitySync', description: 'Month and year are needed when the entity is dated' });

export const bodySchemas = { data_source: dataSourceSyncBody, entity: entitySyncBody };

/** Key to description, in the order of a drop-down list. */
export const descriptionsSchema = z.record(z.string(), z.string()).meta({ id: 'Descriptions' });

export const runIdSchema = z.string().regex(/^[0-9a-z-]{1,64}$/);

export const runLocationSchema = z
  .string()
  .regex(/^\/runs\/[0-9a-z-]{1,64}$/)
  .meta({ description: 'Path of the run', format: 'uri-reference' });

export const nextLinkSchema = z
  .string()
  .regex(/^<\/runs\/[0-9a-z-]{1,64}\/log\?[^>]+>; rel="next"$/);

export const placeSchema = z
  .int()
  .meta({ description: 'Of a run that waits: how many are before it at its servers' });

export const acceptedSchema = z
  .object({
    id: runIdSchema,
    state: z.enum(['queued', 'waiting']),
    location: runLocationSchema,
    place: placeSchema.exactOptional(),
  })
  .meta({ id: 'Accepted' });

export const cancellationSchema = z
  .object({
    id: runIdSchema,
    state: z.enum(runStates).meta({ description: 'The state when the cancellation was requested' }),
    location: runLocationSchema,
  })
  .meta({ id: 'Cancellation' });

export const stagesDoneSchema = z
  .int()
  .meta({ description: 'Stages that were called, however it ended' });
export const stagesSkippedSchema = z
  .int()
  .meta({ description: 'Stages that ended without being called' });

export const runningSchema = z.object({
  stage: z.string(),
  server: z.string(),
  since: instantSchema,
  endsAt: instantSchema
    .exactOptional()
    .meta({ description: 'If it takes as long as in earlier runs; absent: it was never measured' }),
  message: z
    .string()
    .exactOptional()
    .meta({ description: 'The newest info message of the procedure' }),
});

export const waitingStageSchema = z.object({
  stage: z.string(),
  server: z.string(),
  exclusive: z.string().exactOptional().meta({ description: 'A name that another stage has' }),
  run: z.string().exactOptional().meta({ description: 'Whose stage that is' }),
  opens: instantSchema.exactOptional().meta({ description: 'When its window opens' }),
});

export const estimateSchema = z.object({
  endsAt: instantSchema.nullable().meta({
    description:
      'From the medians of earlier runs, past where a stage takes longer; null when there are none, or while the run waits',
  }),
  unknownStages: z.int().meta({ description: 'Stages without an earlier measurement' }),
  text: z.string(),
});

export const progressSchema = z
  .object({
    stagesDone: stagesDoneSchema,
    stagesSkipped: stagesSkippedSchema,
    stagesTotal: z.int(),
    running: z.array(runningSchema),
    waiting: z.array(waitingStageSchema).exactOptional(),
    estimate: estimateSchema.exactOptional().meta({ description: 'Absent once the run has ended' }),
  })
  .meta({ id: 'Progress' }) satisfies z.ZodType<Progress>;

export const warningsSchema = z.int().meta({
  description:
    'Warnings of stages that succeeded: see their `warnings`, and the catalogue’s returnValue',
});

const runSummarySchema = z
  .object({
    id: z.string(),
    kind: runSchema.shape.kind,
    state: z.enum(runStates),
    place: placeSchema.exactOptional(),
    user: z.string(),
    codes: z.array(z.string()),
    moreCodes: z
      .int()
      .exactOptional()
      .meta({ description: 'How many codes the run has beside these, where it has hundreds' }),
    names: z
      .array(z.string())
      .exactOptional()
      .meta({ description: 'Entities; absent of runs of earlier versions' }),
    moreNames: z
      .int()
      .exactOptional()
      .meta({ description: 'How many entities the run has beside these' }),
    board: z.string().exactOptional().meta({ description: 'By whose calls it was started' }),
    period: runSchema.shape.period,
    createdAt: instantSchema,
    startedAt: instantSchema.exactOptional(),
    endedAt: instantSchema.exactOptional(),
    error: z
      .object({
        stage: z.string().exactOptional(),
        message: z.string(),
        number: z.int().exactOptional(),
      })
      .exactOptional()
      .meta({ description: 'The first of the run’s errors, in brief' }),
    stagesDone: stagesDoneSchema,
    stagesSkipped: stagesSkippedSchema,
    stagesTotal: z.int(),
    warnings: warningsSchema,
    checks: checkCountsSchema.exactOptional(),
  })
  .meta({ id: 'RunSummary' });

export const runPageSchema = z
  .object({
    runs: z.array(runSummarySchema),
    next: z
      .string()
      .regex(/^\/runs\?/)
      .exactOptional()
      .meta({ description: 'Path of the next page; absent on the last', format: 'uri-reference' }),
  })
  .meta({ id: 'RunPage' });

export const runErrorSchema = stageErrorSchema
  .partial()
  .extend({
    stage: z.string().optional().meta({ description: 'Absent: of the run itself' }),
    message: z.string(),
  })
  .meta({ id: 'RunError' });

/** Of a closure, what concerns a run. */
export const closedSchema = z.object({ until: instantSchema, reason: z.string() });

/** A run without what only its worker may know: lease ids, the holder and the queries it makes. */
export const publicRunSchema = z
  .object({
    ...runSchema.pick({ id: true, kind: true, state: true }).shape,
    // At the top: whoever opens a run that failed looks for why.
    errors: z
      .array(runErrorSchema)
      .meta({ description: 'Of stages that failed or were interrupted; the run’s own first' }),
    ...runSchema.omit({
      locks: true,
      holder: true,
      statements: true,
      queries: true,
      untold: true,
      trace: true,
    }).shape,
    freshness: z.array(runSchema.shape.freshness.element.omit({ queries: true })),
    checks: z
      .array(checkSchema.omit({ queries: true }))
      .exactOptional()
      .meta({ description: 'Source, crude and heap held against one another after a sync' }),
    servers: z
      .array(z.string())
      .meta({ description: 'Source servers that are the run’s until it has ended' }),
    place: placeSchema.exactOptional(),
    waitsFor: z
      .array(z.object({ server: z.string(), run: z.string().exactOptional() }))
      .exactOptional()
      .meta({
        description:
          'Of a run that waits: servers that it cannot have yet, with the run that has each or is before it in line',
      }),
    closed: closedSchema
      .exactOptional()
      .meta({ description: 'Of a run that waits: what it needs is closed for now' }),
    progress: progressSchema,
    warnings: warningsSchema,
  })
  .meta({ id: 'Run' });

export const healthSchema = z
  .object({
    state: healthStateSchema.meta({ description: 'The worst of the parts' }),
    parts: z
      .array(healthPartSchema)
      .exactOptional()
      .meta({ description: 'For callers with a token only' }),
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof healthSchema>;

export const livenessSchema = z.object({ state: z.literal('ok') }).meta({ id: 'Liveness' });

export const pageLimitSchema = z
  .string()
  .regex(/^([1-9]\d?|1\d\d|200)$/)
  .transform(Number)
  .meta({ description: 'Runs on a page, 1 to 200' });

/** A place in a run's log, in bytes: 15 digits are exact. */
export const logFromSchema = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number)
  .meta({ description: 'Bytes of the text that are left out at its beginning' });

/** Opaque to clients: it comes out of the listing's own `next` link. */
export const pageAfterSchema = z.string().regex(/^[\x21-\x7e]{1,512}$/);

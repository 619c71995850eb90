/** POST /runs: what goes in, and what comes out of any POST that starts where it is only asked. */

import { z } from 'zod';
import { instantSchema } from '../../shared/storage/instant.ts';
import { afterSchema } from '../../shared/sync/again/after.ts';
import { mostCalls, mostRetries } from '../../shared/sync/asked-call.ts';
import { currentStageSchema, runSchema } from '../../shared/sync/run.ts';
import type { PlannedRun } from '../../shared/sync/syncs.ts';
import {
  closedSchema,
  codesSchema,
  nameSchema,
  tokenSchema,
  userSchema,
  whenBusySchema,
} from './runs.ts';

/** Whole numbers are also taken as text. */
const number = (from: number, to: number) =>
  z.union([z.int().min(from).max(to), z.string().regex(/^-?\d{1,4}$/)]);

const rangeEndSchema = z.union([
  z.int().max(0),
  z.object({ month: number(1, 12), year: number(1000, 9999) }),
]);

export const askedCallSchema = z
  .strictObject({
    code: codesSchema,
    name: nameSchema.nullish().meta({ description: 'Absent: every entity of the data sources' }),
    month: number(-12_000, 12).nullish().meta({
      description:
        '1 to 12 of `year`; without it 0 for the current month of the catalogue’s time zone, -1 for the one before',
    }),
    year: number(1000, 9999).nullish(),
    months: z
      .array(rangeEndSchema)
      .length(2)
      .nullish()
      .meta({ description: 'In place of month and year: from the first to the second month' }),
    retries: z.int().min(0).max(mostRetries).nullish().meta({
      description: 'How often what fails of it is made again by itself, as a run that waits',
    }),
    after: afterSchema.nullish(),
  })
  .meta({
    id: 'AskedCall',
    description: 'Months are needed where an entity of the call is dated',
  });

export const callsBodySchema = z
  .strictObject({
    token: tokenSchema,
    user: userSchema,
    calls: z.array(askedCallSchema).min(1).max(mostCalls),
    whenBusy: whenBusySchema.nullish(),
  })
  .meta({ id: 'StartRun', description: 'Any calls as one run, whatever they have in common' });

export const plannedRunSchema = z
  .object({
    ...runSchema.pick({ codes: true, names: true, period: true }).shape,
    calls: runSchema.shape.calls.unwrap(),
    stages: z
      .array(
        currentStageSchema
          .pick({
            id: true,
            kind: true,
            stage: true,
            entity: true,
            code: true,
            period: true,
            server: true,
            database: true,
            procedure: true,
            parameters: true,
            expectedMs: true,
            atOnce: true,
            exclusive: true,
            window: true,
            needs: true,
          })
          .extend({
            beginsAt: instantSchema.exactOptional().meta({
              description:
                'When it begins, as far as it is known what comes before; absent where its window leaves it out',
            }),
          })
          .meta({ id: 'PlannedStage' }),
      )
      .meta({ description: 'In the order in which each server gets its own' }),
    asOf: instantSchema.exactOptional().meta({
      description:
        'Of a board: from when its relative months are counted. Sent with the start they are the same months, whatever the date is by then',
    }),
    expectedMs: z.number().nullable().meta({
      description:
        'Until the end, by the medians of earlier runs, without waiting for others; null when there are none',
    }),
    unknownStages: z
      .int()
      .meta({ description: 'Stages without an earlier measurement: they count as nothing' }),
    criticalPath: z
      .array(z.string())
      .meta({ description: 'The stages that the end waits for, one after the other' }),
    servers: z
      .array(
        z.object({
          server: z.string(),
          isFree: z.boolean(),
          run: z.string().exactOptional().meta({ description: 'The run that has it' }),
        }),
      )
      .meta({ description: 'Source servers, which a run has to itself until it has ended' }),
    exclusives: z
      .array(
        z.object({
          name: z.string(),
          isFree: z.boolean(),
          run: z.string().exactOptional().meta({ description: 'The run that has it just now' }),
        }),
      )
      .meta({ description: 'Exclusive names of the stages, each held for the time of one stage' }),
    closed: closedSchema
      .exactOptional()
      .meta({ description: 'What it needs is closed for now: only who waits is not refused' }),
  })
  .meta({
    id: 'PlannedRun',
    description: 'What would run: nothing was written',
  }) satisfies z.ZodType<PlannedRun>;

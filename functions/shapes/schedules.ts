/** Schedules as they go in and out. */

import { z } from 'zod';
import { boardNamePattern } from '../../shared/board/board.ts';
import { authorSchema } from '../../shared/board/revision.ts';
import { dueSchema, scheduleSchema } from '../../shared/board/schedule/schedule.ts';
import { instantSchema } from '../../shared/storage/instant.ts';
import { userSchema } from './runs.ts';

/** A schedule is called as a board may be. */
export const scheduleNameSchema = z.string().regex(boardNamePattern);

const { board, cron, timeZone, enabled, missed, window, whenBusy, endBy } = scheduleSchema.shape;

const named = {
  name: z.string(),
  revision: z.int().meta({ description: 'How many changes there were' }),
  changedAt: instantSchema,
  /** Its runs are of this token, and of the user `schedule <name>`. */
  changedBy: authorSchema,
};

export const scheduleViewSchema = z
  .object({ ...named, ...scheduleSchema.shape })
  .meta({ id: 'Schedule' });
export type ScheduleView = z.infer<typeof scheduleViewSchema>;

export const dueViewSchema = dueSchema.omit({ triedAt: true }).meta({ id: 'DueTime' });

const nextSchema = z.array(instantSchema).meta({ description: 'The next due times' });

export const writtenScheduleSchema = z
  .object({ ...scheduleViewSchema.shape, next: nextSchema })
  .meta({ id: 'WrittenSchedule' });

export const listedScheduleSchema = z
  .object({
    name: z.string(),
    ...scheduleViewSchema.omit({ name: true }).partial().shape,
    next: instantSchema.exactOptional().meta({ description: 'Absent where it is switched off' }),
    last: dueViewSchema.exactOptional().meta({ description: 'The latest due time' }),
    newer: z.string().exactOptional().meta({
      description: 'It was written by a newer version of the app, and is left to that one',
    }),
  })
  .meta({ id: 'ListedSchedule' });

export const schedulesSchema = z
  .object({ schedules: z.array(listedScheduleSchema) })
  .meta({ id: 'ScheduleList' });

export const timesSchema = z
  .object({
    next: nextSchema,
    due: z.array(dueViewSchema).meta({ description: 'What was due, the latest first' }),
  })
  .meta({ id: 'ScheduleTimes' });

/** What a schedule says of itself and nobody writes. */
export const readOnly = ['name', 'revision', 'changedAt', 'changedBy', 'next'] as const;

export const scheduleBodySchema = z
  .object({
    user: userSchema.nullish(),
    board,
    cron,
    timeZone: timeZone.nullish().meta({ description: 'The catalogue’s unless told' }),
    enabled: enabled.nullish().meta({ description: '`true` unless told' }),
    missed: missed.nullish().meta({ description: '`last` unless told' }),
    window: window.nullish().meta({ description: '`1d` unless told' }),
    whenBusy: whenBusy.nullish().meta({ description: '`wait` unless told' }),
    endBy: endBy.unwrap().nullish(),
  })
  .meta({ id: 'NewSchedule', description: 'What GET gives may come back as it is, or changed' });

export const nextCountSchema = z
  .string()
  .regex(/^([1-9]|[1-4]\d|50)$/)
  .transform(Number);

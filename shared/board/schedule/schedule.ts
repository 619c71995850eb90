/** When a board is started by itself, and what has come of each due time. */

import { z } from 'zod';
import { instantSchema } from '../../storage/instant.ts';
import { passedAt, wallClock } from '../../time/zone.ts';

export const missedPolicies = ['none', 'last', 'all'] as const;
export const busyPolicies = ['wait', 'skip'] as const;

export const scheduleSchema = z.object({
  board: z.string(),
  cron: z.string().meta({ description: 'Five fields, by the clock of the zone' }),
  timeZone: z.string().meta({ description: 'IANA name' }),
  enabled: z.boolean(),
  missed: z.enum(missedPolicies).meta({
    description:
      'Of due times at which no worker was there: none is made up for, the last one, or all',
  }),
  window: z.string().meta({
    description: 'What is due for longer is not made up for: `12h`, `1d`; 7d at most',
  }),
  whenBusy: z.enum(busyPolicies).meta({
    description: 'Where a server is not free, or closed: the run waits in line, or there is none',
  }),
  endBy: z.string().exactOptional().meta({
    description: 'The next `07:00` after the due time: what runs then is cancelled',
  }),
});
export type Schedule = z.infer<typeof scheduleSchema>;

export const dueStates = ['reserved', 'started', 'skipped', 'failed'] as const;

export const dueSchema = z.object({
  /** When it was due. */
  at: instantSchema,
  state: z.enum(dueStates).meta({
    description:
      '`reserved`: it is being started; `started`: its run says the rest; `skipped`, `failed`: there is no run, and why',
  }),
  run: z.string().exactOptional().meta({ description: 'The id of its run' }),
  why: z.string().exactOptional(),
  off: z.literal(true).exactOptional().meta({
    description: 'Skipped since the schedule was switched off or removed: nothing is missing',
  }),
  lacks: z.enum(['board', 'calls']).exactOptional().meta({
    description: 'There was nothing to start: no such board, or nothing of it is switched on',
  }),
  /** When a worker began to start it: nobody else does until that one must have ended. */
  triedAt: instantSchema.exactOptional(),
  /** When its run is to have ended; absent where there is no such time, or it has passed. */
  endBy: instantSchema.exactOptional(),
});
export type Due = z.infer<typeof dueSchema>;

export const scheduleStateSchema = z.object({
  /** What was due until then is known. */
  upTo: instantSchema,
  /** The earliest first. */
  due: z.array(dueSchema),
});
export type ScheduleState = z.infer<typeof scheduleStateSchema>;

export const endByPattern = /^([01]\d|2[0-3]):([0-5]\d)$/;

const dayMs = 86_400_000;

/** When the run of a due time is to have ended: the next time that the zone's clock shows it. */
export function endByOf({ endBy, timeZone }: Schedule, at: Date): Date | undefined {
  const [, hours, minutes] = endByPattern.exec(endBy ?? '') ?? [];
  if (hours === undefined) return undefined;
  const day = Math.floor(wallClock(at.getTime(), timeZone) / dayMs) * dayMs;
  const wall = day + (Number(hours) * 60 + Number(minutes)) * 60_000;
  const today = passedAt(wall, timeZone);
  return new Date(today > at.getTime() ? today : passedAt(wall + dayMs, timeZone));
}

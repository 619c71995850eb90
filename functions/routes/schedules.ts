/** Schedules: when boards are started by themselves. */

import {
  listSchedules,
  putSchedule,
  readSchedule,
  removeSchedule,
  scheduleTimes,
} from '../board/schedules.ts';
import type { Route } from '../route.ts';
import { ifMatch, ifNoneMatch } from '../shapes/precondition.ts';
import * as schemas from '../shapes/schedules.ts';
import { answered, dryWrite, named, readProblems, writeProblems } from './revised-parts.ts';

const schedule = named('schedule');
const written = (description: string) => answered(description, () => schemas.writtenScheduleSchema);

export const scheduleRoutes: readonly Route[] = [
  {
    name: 'schedules',
    tag: 'boards',
    route: 'schedules',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: listSchedules,
        conditional: true,
        summary: 'Schedules of boards that the token may touch, when each comes next and came last',
        responses: { 200: { description: 'By name', json: () => schemas.schedulesSchema } },
      },
    }),
  },
  {
    name: 'schedule',
    tag: 'boards',
    route: 'schedules/{schedule}',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: readSchedule,
        conditional: true,
        summary: 'A schedule: which board, when, and what becomes of missed times',
        parameters: [schedule],
        responses: { 200: { description: 'The schedule', json: () => schemas.scheduleViewSchema } },
        problems: readProblems,
      },
      PUT: {
        handler: putSchedule,
        changes: 'schedule.write',
        summary: 'Write a schedule, a new one or in place of what it was',
        parameters: [
          schedule,
          dryWrite('the schedule as it would be with its next times'),
          ifMatch,
          ifNoneMatch,
        ],
        body: () => schemas.scheduleBodySchema,
        responses: { 200: written('As it is now'), 201: written('It was made') },
        problems: writeProblems,
      },
      DELETE: {
        handler: removeSchedule,
        changes: 'schedule.remove',
        summary: 'Remove a schedule: it starts nothing any more, what runs goes on',
        parameters: [schedule, ifMatch],
        responses: { 200: { description: 'What it was', json: () => schemas.scheduleViewSchema } },
        problems: writeProblems,
      },
    }),
  },
  {
    name: 'schedule_times',
    tag: 'boards',
    route: 'schedules/{schedule}/times',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: scheduleTimes,
        conditional: true,
        summary: 'When a schedule comes next, and what came of the times that were due',
        parameters: [
          schedule,
          {
            name: 'next',
            in: 'query',
            description: 'How many of the next times, 1 to 50, 5 unless told',
            schema: () => schemas.nextCountSchema,
          },
        ],
        responses: { 200: { description: 'Its times', json: () => schemas.timesSchema } },
        problems: readProblems,
      },
    }),
  },
];

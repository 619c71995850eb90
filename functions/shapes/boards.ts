/** Boards as they go in and out. */

import { z } from 'zod';
import {
  boardCallSchema,
  boardNamePattern,
  callIdPattern,
  longestText,
} from '../../shared/board/board.ts';
import { authorSchema } from '../../shared/board/revision.ts';
import { fieldErrorSchema } from '../../shared/faults/field-error.ts';
import { instantSchema } from '../../shared/storage/instant.ts';
import { mostCalls } from '../../shared/sync/asked-call.ts';
import { momentUse } from '../../shared/time/moment.ts';
import { askedCallSchema } from './calls.ts';
import { tokenSchema, userSchema, whenBusySchema } from './runs.ts';

export const boardNameSchema = z.string().regex(boardNamePattern);
const lineSchema = z.string().max(longestText);

const errorsSchema = z.array(fieldErrorSchema).meta({
  description: 'What the catalogue no longer has of it, whether switched on or not',
});

export const listedBoardSchema = z
  .object({
    name: z.string(),
    description: z.string().exactOptional(),
    calls: z.int().exactOptional().meta({ description: 'How many it has' }),
    on: z.int().exactOptional().meta({ description: 'How many of them are switched on' }),
    revision: z.int().exactOptional().meta({ description: '0: as it was shipped' }),
    changedAt: instantSchema.exactOptional(),
    changedBy: authorSchema.exactOptional(),
    errors: errorsSchema.exactOptional(),
    faulty: z.string().exactOptional().meta({ description: 'Its file is no board, and why' }),
    newer: z.string().exactOptional().meta({
      description: 'It was written by a newer version of the app, and is left to that one',
    }),
  })
  .meta({ id: 'ListedBoard' });

export const boardsSchema = z
  .object({ boards: z.array(listedBoardSchema) })
  .meta({ id: 'BoardList' });

export const boardViewSchema = z
  .object({
    name: z.string(),
    revision: z.int().meta({
      description: 'How many changes there were; 0: it is as it was shipped',
    }),
    changedAt: instantSchema.exactOptional(),
    changedBy: authorSchema.exactOptional(),
    description: z.string().exactOptional(),
    on: z.int().meta({ description: 'How many calls are switched on' }),
    errors: errorsSchema,
    calls: z.array(boardCallSchema.meta({ id: 'BoardCall' })),
  })
  .meta({ id: 'Board' });
export type BoardView = z.infer<typeof boardViewSchema>;

/** What a board says of itself and nobody writes: taken back as it was given. */
export const readOnly = ['name', 'revision', 'changedAt', 'changedBy', 'on', 'errors'] as const;

export const boardBodySchema = z
  .object({
    user: userSchema.nullish(),
    description: lineSchema.nullish(),
    calls: z
      .array(
        askedCallSchema
          .safeExtend({
            id: z.string().regex(callIdPattern).nullish().meta({
              description: 'What the call is known by on its board; made where there is none',
            }),
            run: z.boolean().nullish().meta({ description: 'Switched on; off unless told' }),
            note: lineSchema.nullish(),
          })
          .meta({ id: 'AskedBoardCall' }),
      )
      .max(mostCalls),
  })
  .meta({ id: 'NewBoard', description: 'What GET gives may come back as it is, or changed' });

export const switchBodySchema = z
  .strictObject({
    user: userSchema.nullish(),
    run: z.boolean().optional(),
    note: lineSchema.nullable().optional(),
  })
  .meta({ id: 'SwitchCall', description: 'One of `run` and `note`, or both' });

export const runBoardBodySchema = z
  .strictObject({
    token: tokenSchema,
    user: userSchema,
    whenBusy: whenBusySchema.nullish(),
    asOf: z
      .string()
      .nullish()
      .meta({
        description: `${momentUse}; not in the future: relative months are counted from it, now where it is not given`,
      }),
  })
  .meta({ id: 'RunBoard' });

export const revisionsSchema = z
  .object({
    revisions: z.array(
      z
        .object({
          revision: z.int(),
          changedAt: instantSchema,
          changedBy: authorSchema,
          calls: z.int().exactOptional().meta({ description: 'How many it had' }),
          on: z.int().exactOptional().meta({ description: 'How many were switched on' }),
          removed: z.literal(true).exactOptional(),
        })
        .meta({ id: 'BoardRevision' }),
    ),
    isShipped: z.boolean().meta({ description: 'There is a revision 0: as it was shipped' }),
  })
  .meta({ id: 'BoardRevisions' });

export const revisionNumberSchema = z
  .string()
  .regex(/^(?:0|[1-9]\d{0,7})$/)
  .transform(Number);

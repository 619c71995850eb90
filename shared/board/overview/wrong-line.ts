/** A line of what is wrong, and how the functions that make lines build one. */

import { z } from 'zod';
import {
  type Acknowledgement,
  acknowledgementSchema,
  type Trouble,
} from '../../acknowledgements/acknowledgements.ts';
import { instantSchema } from '../../storage/instant.ts';
import { cut } from '../../sync/brief.ts';
import { systemStates } from './facts.ts';

/** The heaviest first. */
export const wrongKinds = [
  'failed',
  'late',
  'old',
  'differs',
  'company',
  'system',
  'poison',
  'closed',
] as const;

export const wrongSchema = z.object({
  kind: z.enum(wrongKinds).meta({
    description:
      '`failed`: since the last success; `late`: a due time was not begun or not kept, or a run is slow; `old`: data are older than they may be; `differs`: a check does; `company`: it is not followed; `system`: a part of `/health` is not as it should be; `poison`: messages were given up; `closed`: for now',
  }),
  subject: z
    .string()
    .meta({ description: 'A data source, a schedule, a queue, a server, a part of `/health`' }),
  state: z.enum(systemStates).exactOptional().meta({
    description: 'Of `system`, as in `/health`; what is `failing` comes first of all',
  }),
  what: z.string().meta({ description: 'In brief; of an error the first, in its own words' }),
  names: z.array(z.string()).exactOptional().meta({ description: 'Entities; the first ones' }),
  count: z.int().exactOptional().meta({ description: 'How many, where they are more than one' }),
  since: instantSchema,
  again: z
    .object({
      times: z.int().meta({ description: 'In how many runs, beside the first' }),
      at: instantSchema,
    })
    .exactOptional()
    .meta({
      description:
        'Of `failed`: it has been tried since and has failed again, so often, at last then',
    }),
  until: instantSchema.exactOptional(),
  run: z.string().exactOptional(),
  see: z.string().meta({ description: 'Where there is more' }),
  mend: z.string().exactOptional().meta({
    description: 'The request that mends it, with its body: `POST /runs/x/retry {"user": …}`',
  }),
  cli: z.string().exactOptional().meta({ description: 'The same as a command' }),
  troubles: z
    .array(acknowledgementSchema.pick({ kind: true, subject: true }))
    .exactOptional()
    .meta({
      description:
        'What POST /acknowledgements takes, each by itself; absent of what is closed, and of very many',
    }),
  acknowledged: z
    .object({ until: instantSchema, note: z.string(), user: z.string().exactOptional() })
    .exactOptional()
    .meta({ description: 'Somebody knows of it: it weighs less until then' }),
});
export type Wrong = z.infer<typeof wrongSchema>;

/** A line that is one trouble, as `/acknowledgements` knows it. */
export interface WrongTrouble {
  trouble: Trouble;
  line: Wrong;
}

export const mostNames = 10;
/** Bytes of a text of a server's. */
export const longestText = 200;

export function brief(text: string): string {
  return cut(text, longestText);
}

export const counted = (all: readonly unknown[]) => (all.length > 1 ? { count: all.length } : {});

/** Whoever acknowledges more than these at once does not know of each. */
const mostTroubles = 40;

export function acknowledgeable(troubles: readonly Trouble[]): Pick<Wrong, 'troubles'> {
  if (troubles.length > mostTroubles) return {};
  return { troubles: troubles.map(({ kind, subject }) => ({ kind, subject })) };
}

export function marks(by: Acknowledgement | undefined): Pick<Wrong, 'acknowledged'> {
  if (by === undefined) return {};
  const { until, note, user } = by;
  return { acknowledged: { until, note: brief(note), ...(user && { user }) } };
}

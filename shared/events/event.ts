/**
 * Something that somebody should hear of. Its id follows from its cause, so that whoever writes it
 * twice, in whatever process, has written one event.
 */

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { instantSchema } from '../storage/instant.ts';
import { countedDown } from '../time/newest-first.ts';

export const severities = ['info', 'warning', 'error'] as const;
export type Severity = (typeof severities)[number];

/** Every kind there is, and how much it matters. */
export const eventKinds = {
  'run.failed': 'error',
  'run.recovered': 'info',
  'run.late': 'error',
  'run.slow': 'warning',
  'data.old': 'warning',
  'check.differs': 'error',
  'company.trouble': 'error',
  'company.recovered': 'info',
  'reconciliation.found': 'warning',
  'queue.poison': 'error',
  'closure.begins': 'info',
  'event.damaged': 'error',
  test: 'info',
} as const satisfies Record<string, Severity>;
export type EventKind = keyof typeof eventKinds;
export const kindNames = Object.keys(eventKinds) as EventKind[];

export const eventIdPattern = /^[0-9a-z]{9}-[0-9a-f]{20}$/;

const differenceSchema = z.object({
  entity: z.string(),
  missing: z.int(),
  extra: z.int(),
  different: z.int(),
});

/** What the kinds have to tell; each has some of it. */
const factMembers = {
  run: z.string().exactOptional().meta({ description: 'The id of a run' }),
  retryOf: z.string().exactOptional().meta({ description: 'The run that it made again' }),
  state: z.string().exactOptional().meta({ description: 'How the run ended' }),
  board: z.string().exactOptional(),
  user: z.string().exactOptional().meta({ description: 'Who started it, or closed it' }),
  codes: z
    .array(z.string())
    .exactOptional()
    .meta({ description: 'Data sources; absent: it concerns more than data sources' }),
  entities: z.array(z.string()).exactOptional(),
  error: z.string().exactOptional().meta({ description: 'In the words of whoever refused' }),
  cure: z.string().exactOptional().meta({ description: 'What people can do about it' }),
  reason: z.string().exactOptional(),
  since: instantSchema.exactOptional(),
  until: instantSchema.exactOptional(),
  expectedMs: z.number().exactOptional(),
  tookMs: z.number().exactOptional(),
  queue: z.string().exactOptional(),
  message: z.string().exactOptional().meta({ description: 'The id of a message of a queue' }),
  server: z.string().exactOptional(),
  differences: z.array(differenceSchema).exactOptional(),
};

export const eventSchema = z
  .object({
    id: z.string().regex(eventIdPattern),
    kind: z.enum(kindNames),
    severity: z.enum(severities),
    at: instantSchema,
    ...factMembers,
  })
  .meta({ id: 'Event', description: 'Something that somebody should hear of' });
export type Event = z.infer<typeof eventSchema>;
export type Facts = Omit<Event, 'id' | 'kind' | 'severity' | 'at'>;

export interface NewEvent extends Facts {
  kind: EventKind;
  /** Tells one event of a kind from another: the id of a run. */
  cause: string;
  /** When it came about, as it is written down: the same whoever tells it, however often. */
  causedAt: Date;
}

/** More of a text, or of a list, is where the event leads to. */
const longestText = 1_000;
const longestList = 50;

/** @param at when it is told */
export function eventOf({ kind, cause, causedAt, ...facts }: NewEvent, at: Date): Event {
  const digest = createHash('sha256').update(`${kind}\n${cause}`).digest('hex').slice(0, 20);
  const id = `${countedDown(causedAt)}-${digest}`;
  return { id, kind, severity: eventKinds[kind], at: at.toISOString(), ...cut(facts) };
}

function cut(facts: Facts): Facts {
  const entries = Object.entries(facts).map(([name, value]) => {
    if (Array.isArray(value)) return [name, value.slice(0, longestList)];
    const isLong = typeof value === 'string' && value.length > longestText;
    return [name, isLong ? `${value.slice(0, longestText).toWellFormed()}…` : value];
  });
  return Object.fromEntries(entries);
}

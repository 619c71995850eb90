/**
 * What the overview is made of: the document `state/overview.json`, which is the lock of whoever
 * brings it up to date, too. All times in it are absolute.
 */

import { z } from 'zod';
import { acknowledgementSchema } from '../../acknowledgements/acknowledgements.ts';
import { closureSchema } from '../../closures/closures.ts';
import type { DocumentForm } from '../../storage/form.ts';
import { instantSchema } from '../../storage/instant.ts';
import { ageSchema } from '../../sync/ages/age.ts';
import { runStates } from '../../sync/run.ts';
import { dueSchema, scheduleSchema } from '../schedule/schedule.ts';
import { cellSchema } from './cells.ts';

/** Entities that have failed and not succeeded since. */
const failureSchema = z.object({
  code: z.string(),
  entity: z.string(),
  since: instantSchema,
  run: z.string(),
  /** When that run, the latest, ended, and in how many it has failed; older ones have neither. */
  at: instantSchema.exactOptional(),
  times: z.int().exactOptional(),
  message: z.string(),
});

const dueRunSchema = z.object({
  id: z.string(),
  state: z.enum(runStates),
  startedAt: instantSchema.exactOptional(),
  endedAt: instantSchema.exactOptional(),
});
export type KnownRun = z.infer<typeof dueRunSchema>;

const knownScheduleSchema = z.object({
  name: z.string(),
  content: scheduleSchema,
  /** Data sources of its board. */
  codes: z.array(z.string()),
  upTo: instantSchema,
  last: dueSchema.exactOptional(),
  /** Of the last due time. */
  run: dueRunSchema.exactOptional(),
  /** Due times that are yet to be begun, or whose runs have not ended. */
  open: z.array(z.object({ due: dueSchema, run: dueRunSchema.exactOptional() })).default([]),
  /** As `Unmet`, with the run of the latest, where it had one. */
  unmet: z
    .object({ since: instantSchema, due: dueSchema, run: dueRunSchema.exactOptional() })
    .exactOptional(),
  /** As `Facts.met`, of its board. */
  met: instantSchema.exactOptional(),
  next: instantSchema.exactOptional(),
});
export type KnownSchedule = z.infer<typeof knownScheduleSchema>;

const knownServerSchema = z.object({
  server: z.string(),
  /** Whose it is. */
  run: z
    .object({
      id: z.string(),
      codes: z.array(z.string()),
      user: z.string(),
      startedAt: instantSchema.exactOptional(),
      endsAt: instantSchema.nullable(),
      slowFrom: instantSchema.exactOptional(),
      due: z.object({ schedule: z.string(), at: instantSchema }).exactOptional(),
    })
    .exactOptional(),
  /** In their order. */
  waiting: z.array(z.object({ id: z.string(), codes: z.array(z.string()) })),
});
export type KnownServer = z.infer<typeof knownServerSchema>;

export const companyPhases = ['starting', 'loading', 'following'] as const;

/** From bad to worse, as `healthStates`. */
export const systemStates = ['degraded', 'failing'] as const;

/** As the row beside its documents says. */
const knownCompanySchema = z.object({
  phase: z.enum(companyPhases),
  /** It cannot be followed. */
  trouble: z.object({ what: z.string(), since: instantSchema }).exactOptional(),
  /** Evidences that cannot, and how many there are beside these. */
  evidences: z
    .array(z.object({ evidence: z.string(), what: z.string(), since: instantSchema }))
    .exactOptional(),
  /** Procedures after changes that fail. */
  calls: z
    .array(z.object({ evidence: z.string(), what: z.string(), since: instantSchema }))
    .exactOptional(),
});
export type KnownCompany = z.infer<typeof knownCompanySchema>;

const givenUpSchema = z.object({
  queue: z.string(),
  id: z.string(),
  about: z.string(),
  at: z.string(),
});

/** Of what has no facts of its own here: databases, the catalogue, targets of events. */
const knownSystemSchema = z.object({
  /** When all of it was looked at, by whichever process did so last. */
  lookedAt: instantSchema,
  /** As `HealthPart`, those that are not as they should be. */
  wrong: z.array(
    z.object({
      part: z.string(),
      state: z.enum(systemStates),
      reason: z.string(),
      since: instantSchema,
    }),
  ),
});
export type KnownSystem = z.infer<typeof knownSystemSchema>;

/** Parts of all this, each of which may be unreadable by itself. */
export const factParts = [
  'runs',
  'failures',
  'ages',
  'schedules',
  'companies',
  'queues',
  'closures',
  'acknowledgements',
] as const;
export type FactPart = (typeof factParts)[number];

const factsSchema = z.object({
  /** When all of it was looked at. */
  lookedAt: instantSchema,
  /** What could not be read then: it is as it was before. */
  unread: z.array(z.enum(factParts)),
  runs: z.object({
    /** Ids of the last hour's that have ended, and whose cells are here. */
    folded: z.array(z.string()),
    /** Older ones that have not. */
    open: z.array(z.string()),
    /** Cells of runs behind this one are yet to be looked for; absent: none is. */
    rebuiltTo: z.string().exactOptional(),
  }),
  cells: z.array(cellSchema),
  /**
   * By board, when the latest run was asked for that has come to its end, by itself or by those that
   * made it again: it has succeeded, or what is left of it is known as failed. Null: there is none.
   */
  met: z.record(z.string(), instantSchema.nullable()).default({}),
  servers: z.array(knownServerSchema),
  failures: z.array(failureSchema),
  /** Older facts have none. */
  ages: z.array(ageSchema.extend({ isDated: z.literal(true).exactOptional() })).default([]),
  schedules: z.array(knownScheduleSchema),
  /** By code, all that the catalogue has. */
  companies: z.record(z.string(), knownCompanySchema),
  givenUp: z.array(givenUpSchema),
  /** Absent until somebody has looked. */
  system: knownSystemSchema.exactOptional(),
  closures: z.array(closureSchema),
  acknowledgements: z.array(acknowledgementSchema),
});
export type Facts = z.infer<typeof factsSchema>;
export type KnownFailure = z.infer<typeof failureSchema>;
export type GivenUpFact = z.infer<typeof givenUpSchema>;

/** A thousand companies in trouble and five hundred cells take 500 KB. */
export const factsForm: DocumentForm<Facts> = {
  schema: factsSchema,
  version: 1,
  maxBytes: 16 * 1024 * 1024,
};

export const factsPrefix = 'state/';
export const factsName = 'overview';

/** Nothing is known yet. */
export function noFacts(lookedAt: Date): Facts {
  return {
    lookedAt: lookedAt.toISOString(),
    unread: [...factParts],
    runs: { folded: [], open: [] },
    ...{ cells: [], met: {}, servers: [], failures: [], ages: [], schedules: [], companies: {} },
    ...{ givenUp: [], closures: [], acknowledgements: [] },
  };
}

/** The one answer to "is all well?": a function of the facts, small however many companies there are. */

import { z } from 'zod';
import { instantSchema } from '../../storage/instant.ts';
import { cut } from '../../sync/brief.ts';
import { runStates } from '../../sync/run.ts';
import { dueStates } from '../schedule/schedule.ts';
import { type Facts, factParts, type KnownCompany } from './facts.ts';
import { isSeen } from './visible.ts';
import { troublesOfCompany, wrongIn } from './wrong.ts';
import { wrongSchema } from './wrong-line.ts';

const lastSchema = z.object({
  /** When it was due. */
  at: instantSchema,
  state: z.enum([...dueStates, ...runStates]).meta({
    description:
      'That of its run, where there is one: `succeeded`, `running`; or why there is none',
  }),
  run: z.string().exactOptional(),
  endedAt: instantSchema.exactOptional(),
  why: z.string().exactOptional(),
});

const scheduleSchema = z.object({
  name: z.string(),
  board: z.string(),
  enabled: z.boolean(),
  next: instantSchema.exactOptional(),
  last: lastSchema.exactOptional().meta({ description: 'The latest due time, and how it ended' }),
});

const serverSchema = z.object({
  server: z.string(),
  isFree: z.boolean(),
  run: z.string().exactOptional().meta({ description: 'Whose it is' }),
  codes: z.array(z.string()).exactOptional(),
  since: instantSchema.exactOptional(),
  endsAt: instantSchema
    .nullable()
    .exactOptional()
    .meta({ description: 'When the run ends, as earlier ones took; null: nobody knows' }),
  waiting: z.int().meta({ description: 'Runs that wait for it' }),
  waits: z.array(z.string()).exactOptional().meta({ description: 'The first of them' }),
  closedUntil: instantSchema.exactOptional(),
});

const companiesSchema = z.object({
  total: z.int(),
  starting: z.int(),
  loading: z.int(),
  following: z.int(),
  inTrouble: z.int().meta({ description: 'Not followed, or an evidence of them is not' }),
  worst: z
    .array(
      z.object({
        code: z.string(),
        what: z.string(),
        since: instantSchema,
        more: z.int().exactOptional().meta({ description: 'Troubles beside this one' }),
      }),
    )
    .meta({ description: 'Those in trouble for the longest, which are not followed first' }),
});

export const overviewSchema = z.object({
  well: z.boolean().meta({
    description: 'Nothing is wrong but what is closed, and what somebody knows of',
  }),
  wrong: z.array(wrongSchema).meta({ description: 'The heaviest first' }),
  more: z.int().exactOptional().meta({ description: 'What is wrong beside these' }),
  schedules: z.array(scheduleSchema),
  servers: z.array(serverSchema),
  companies: companiesSchema,
  rebuilding: z.literal(true).exactOptional().meta({
    description: 'Older runs are being looked through: a cell may know an older success by then',
  }),
  unread: z.array(z.enum(factParts)).exactOptional().meta({
    description: 'What could not be read of late: it is as it was',
  }),
  staleSince: instantSchema.exactOptional().meta({
    description: 'Since then nobody has looked, and this worker cannot',
  }),
});
export type Overview = z.infer<typeof overviewSchema>;

const mostWrong = 40;
const mostWorst = 20;
const mostWaiting = 5;
const mostCodes = 20;
const longestText = 200;

/** @param staleSince since when nobody has looked */
export function overviewOf(facts: Facts, staleSince?: string): Overview {
  const wrong = wrongIn(facts);
  const worries = wrong.filter(({ kind, acknowledged }) => kind !== 'closed' && !acknowledged);
  const { unread } = facts;
  return {
    well: worries.length === 0 && unread.length === 0 && staleSince === undefined,
    wrong: wrong.slice(0, mostWrong),
    ...(wrong.length > mostWrong && { more: wrong.length - mostWrong }),
    schedules: facts.schedules.map(scheduleView),
    servers: serversView(facts),
    companies: companiesView(facts.companies),
    ...(facts.runs.rebuiltTo !== undefined && { rebuilding: true as const }),
    ...(unread.length > 0 && { unread }),
    ...(staleSince !== undefined && { staleSince }),
  };
}

function scheduleView({ name, content, last, run, next }: Facts['schedules'][number]) {
  const { board, enabled } = content;
  return {
    ...{ name, board, enabled },
    ...(next !== undefined && { next }),
    ...(last !== undefined && {
      last: {
        at: last.at,
        state: run?.state ?? last.state,
        ...(last.run !== undefined && { run: last.run }),
        ...(run?.endedAt !== undefined && { endedAt: run.endedAt }),
        ...(last.why !== undefined && { why: cut(last.why, longestText) }),
      },
    }),
  };
}

function serversView({ servers, closures, lookedAt }: Facts): Overview['servers'] {
  const now = new Date(lookedAt);
  return servers.map(({ server, run, waiting }) => {
    const ends = closures
      .filter((one) => (one.everything || one.server === server) && new Date(one.until) > now)
      .map(({ until }) => until);
    const closedUntil = ends.toSorted().at(-1);
    const seen = waiting.filter(isSeen);
    return {
      server,
      isFree: run === undefined,
      ...(run && isSeen(run) && { run: run.id, codes: run.codes.slice(0, mostCodes) }),
      ...(run?.startedAt !== undefined && { since: run.startedAt }),
      ...(run && { endsAt: run.endsAt }),
      waiting: waiting.length,
      ...(seen.length > 0 && { waits: seen.slice(0, mostWaiting).map(({ id }) => id) }),
      ...(closedUntil !== undefined && { closedUntil }),
    };
  });
}

function companiesView(companies: Facts['companies']): Overview['companies'] {
  const all = Object.entries(companies);
  const inPhase = (phase: KnownCompany['phase']) =>
    all.filter(([, company]) => company.phase === phase).length;
  const inTrouble = all.filter(([code, company]) => troublesOfCompany(code, company).length > 0);
  const worst = inTrouble.sort(byWorst).slice(0, mostWorst);
  return {
    total: all.length,
    starting: inPhase('starting'),
    loading: inPhase('loading'),
    following: inPhase('following'),
    inTrouble: inTrouble.length,
    worst: worst.flatMap(([code, company]) => {
      const [first, ...others] = troublesOfCompany(code, company);
      if (first === undefined) return [];
      const { what, since } = first;
      return { code, what, since, ...(others.length > 0 && { more: others.length }) };
    }),
  };
}

function byWorst([a, one]: [string, KnownCompany], [b, other]: [string, KnownCompany]): number {
  const stands = Number(one.trouble === undefined) - Number(other.trouble === undefined);
  if (stands !== 0) return stands;
  const since = (code: string, company: KnownCompany) =>
    troublesOfCompany(code, company)[0]?.since ?? '';
  const [first, second] = [since(a, one), since(b, other)];
  if (first !== second) return first < second ? -1 : 1;
  return a < b ? -1 : 1;
}

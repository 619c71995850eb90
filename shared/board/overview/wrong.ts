/** What is wrong now, in order of weight. A function of the facts. */

import { z } from 'zod';
import {
  type Acknowledgement,
  acknowledgementOf,
  type Trouble,
} from '../../acknowledgements/acknowledgements.ts';
import { instantSchema } from '../../storage/instant.ts';
import { isOld } from '../../sync/ages/age.ts';
import { cut } from '../../sync/brief.ts';
import { lateness, unseenFrom } from '../schedule/late.ts';
import type { Facts, KnownSchedule } from './facts.ts';

/** The heaviest first. */
export const wrongKinds = [
  'failed',
  'late',
  'old',
  'differs',
  'company',
  'poison',
  'closed',
] as const;

export const wrongSchema = z.object({
  kind: z.enum(wrongKinds).meta({
    description:
      '`failed`: since the last success; `late`: a due time was not begun or not kept, or a run is slow; `old`: data are older than they may be; `differs`: a check does; `company`: it is not followed; `poison`: messages were given up; `closed`: for now',
  }),
  subject: z.string().meta({ description: 'A data source, a schedule, a queue, a server' }),
  what: z.string().meta({ description: 'In brief; of an error the first, in its own words' }),
  names: z.array(z.string()).exactOptional().meta({ description: 'Entities; the first ones' }),
  count: z.int().exactOptional().meta({ description: 'How many, where they are more than one' }),
  since: instantSchema,
  until: instantSchema.exactOptional(),
  run: z.string().exactOptional(),
  see: z.string().meta({ description: 'Where there is more' }),
  mend: z.string().exactOptional().meta({ description: 'The request that mends it' }),
  acknowledged: z
    .object({ until: instantSchema, note: z.string(), user: z.string().exactOptional() })
    .exactOptional()
    .meta({ description: 'Somebody knows of it: it weighs less until then' }),
});
export type Wrong = z.infer<typeof wrongSchema>;

const mostNames = 10;
/** Bytes of a text of a server's. */
const longestText = 200;

/** All of it, what somebody knows of behind the rest. */
export function wrongIn(facts: Facts): Wrong[] {
  const now = new Date(facts.lookedAt);
  const current = facts.acknowledgements.filter(({ until }) => new Date(until) > now);
  const found = [
    ...failures(facts, current),
    ...facts.schedules.flatMap((one) => ofSchedule(one, now)),
    ...slowRuns(facts, now),
    ...oldData(facts, current, now),
    ...differing(facts),
    ...companies(facts, current),
    ...poison(facts),
    ...closures(facts, now),
  ];
  return found.sort(byWeight);
}

function byWeight(one: Wrong, other: Wrong): number {
  const known = Number(one.acknowledged !== undefined) - Number(other.acknowledged !== undefined);
  if (known !== 0) return known;
  const kinds = wrongKinds.indexOf(one.kind) - wrongKinds.indexOf(other.kind);
  if (kinds !== 0) return kinds;
  if (one.since !== other.since) return one.since < other.since ? -1 : 1;
  return one.subject < other.subject ? -1 : 1;
}

/** What failed in one run of one data source is one line: it has one cure. */
function failures({ failures: all }: Facts, known: readonly Acknowledgement[]): Wrong[] {
  const marked = all.map((failure) => {
    const { code, entity, since } = failure;
    const trouble: Trouble = {
      ...{ kind: 'sync', subject: `${code}/${entity}`, what: 'failed', since },
    };
    return { ...failure, known: acknowledgementOf(trouble, known) };
  });
  const groups = Map.groupBy(marked, ({ code, run, known: by }) => [code, run, by?.until].join());
  return [...groups.values()].flatMap((group) => {
    const [first] = group.toSorted((a, b) => (a.since < b.since ? -1 : 1));
    if (first === undefined) return [];
    const { code, run, since, message, known: by } = first;
    return {
      ...{ kind: 'failed' as const, subject: code, what: cut(message, longestText) },
      names: group.map(({ entity }) => entity).slice(0, mostNames),
      ...counted(group),
      ...{ since, run, see: `/runs/${run}`, mend: `POST /runs/${run}/retry` },
      ...marks(by),
    };
  });
}

function ofSchedule({ name, content, last, run, next }: KnownSchedule, now: Date): Wrong[] {
  const found: Wrong[] = [];
  const subject = `schedule ${name}`;
  const see = `/schedules/${name}/times`;
  const start = `POST /boards/${content.board}/run`;
  const unseen = next === undefined ? undefined : unseenFrom(new Date(next));
  if (next !== undefined && unseen !== undefined && unseen <= now) {
    const what = 'no worker has looked whether it is due';
    found.push({ kind: 'late', subject, what, since: next, see, mend: start });
  }
  if (last === undefined) return found;
  const { at, state, why = '' } = last;
  if (state === 'failed') {
    found.push({
      kind: 'failed',
      subject,
      what: cut(why, longestText),
      since: at,
      see,
      mend: start,
    });
  }
  if (state === 'skipped' && content.enabled) {
    found.push({ kind: 'late', subject, what: cut(why, longestText), since: at, see, mend: start });
  }
  const late = lateness(last, run);
  if (late !== undefined && late.what !== 'slow' && late.from <= now) {
    const since = late.from.toISOString();
    found.push({ kind: 'late', subject, what: late.what, since, ...runLinks(run?.id, see) });
  }
  if (run?.state === 'cancelled' || run?.state === 'interrupted') {
    if (run.isRetried) return found;
    const links = { run: run.id, see: `/runs/${run.id}`, mend: `POST /runs/${run.id}/retry` };
    const since = run.endedAt ?? at;
    found.push({ kind: 'failed', subject, what: run.state, since, ...links });
  }
  return found;
}

const runLinks = (id: string | undefined, see: string) =>
  id === undefined ? { see } : { run: id, see: `/runs/${id}` };

/** A run has several servers, and is slow once. */
function slowRuns({ servers }: Facts, now: Date): Wrong[] {
  const runs = new Map(servers.flatMap(({ run }) => (run ? [[run.id, run] as const] : [])));
  return [...runs.values()].flatMap(({ id, codes, slowFrom, due }) => {
    if (slowFrom === undefined || new Date(slowFrom) > now) return [];
    const subject =
      due === undefined ? codes.slice(0, mostNames).join(', ') : `schedule ${due.schedule}`;
    return {
      ...{ kind: 'late' as const, subject, what: 'slow', since: slowFrom },
      ...{ run: id, see: `/runs/${id}`, mend: `POST /runs/${id}/cancel` },
    };
  });
}

/** As `/ages` and `/acknowledgements` know them; of one data source what nobody knows of is one line. */
function oldData({ ages }: Facts, known: readonly Acknowledgement[], now: Date): Wrong[] {
  const old = ages.filter((age) => isOld(age, now));
  const subjects = [...Map.groupBy(old, ({ code, entity }) => `${code}/${entity}`)];
  const marked = subjects.flatMap(([subject, all]) => {
    const [since] = all.flatMap(({ oldAt = [] }) => oldAt).sort();
    const [first] = all;
    if (since === undefined || first === undefined) return [];
    const trouble: Trouble = { kind: 'age', subject, what: 'its data are old', since };
    const { code, entity } = first;
    return { code, entity, since, by: acknowledgementOf(trouble, known) };
  });
  const groups = Map.groupBy(marked, ({ code, by }) => [code, by?.until].join());
  return [...groups.values()].flatMap((group) => {
    const [first] = group.toSorted((a, b) => (a.since < b.since ? -1 : 1));
    if (first === undefined) return [];
    const { code, since, by } = first;
    return {
      ...{ kind: 'old' as const, subject: code, what: 'its data are old', since },
      names: group.map(({ entity }) => entity).slice(0, mostNames),
      ...{ ...counted(group), see: '/ages', mend: 'POST /runs', ...marks(by) },
    };
  });
}

/** Until the next check agrees; of one that nobody could read nothing is known. */
function differing({ cells }: Facts): Wrong[] {
  return cells.flatMap(({ code, entity, check }) => {
    if (check?.state !== 'differs') return [];
    const { run, at, what = '' } = check;
    return {
      ...{ kind: 'differs' as const, subject: code, what, names: [entity], since: at, run },
      ...{ see: `/runs/${run}`, mend: `POST /runs/${run}/retry {"from": "all"}` },
    };
  });
}

/** Of one company by itself; what many have is one line, since it has one cause. */
function companies({ companies: all }: Facts, known: readonly Acknowledgement[]): Wrong[] {
  const troubles = Object.entries(all).flatMap(([code, company]) =>
    troublesOfCompany(code, company).map((trouble) => ({
      ...{ code, trouble, by: acknowledgementOf(trouble, known) },
    })),
  );
  const groups = Map.groupBy(troubles, ({ trouble, by }) =>
    [trouble.kind, trouble.what, by === undefined].join(),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group.toSorted((a, b) => (a.trouble.since < b.trouble.since ? -1 : 1));
    if (first === undefined) return [];
    const { code, trouble, by } = first;
    const codes = [...new Set(group.map((one) => one.code))];
    const path = codes.length === 1 ? `/flexibee/${code}` : '/flexibee';
    return {
      ...{ kind: 'company' as const, subject: trouble.subject, what: trouble.what },
      ...(codes.length > 1 && { names: codes.slice(0, mostNames) }),
      ...counted(codes),
      ...{ since: trouble.since, see: path },
      ...(codes.length === 1 && { mend: `POST /flexibee/${code}/poll` }),
      ...marks(by),
    };
  });
}

/** As `/flexibee` and `/acknowledgements` know them. */
export function troublesOfCompany(
  code: string,
  { trouble, evidences = [], calls = [] }: Facts['companies'][string],
): Trouble[] {
  const own =
    (kind: 'evidence' | 'calls') => (one: { evidence: string; what: string; since: string }) => ({
      ...{ kind, subject: `${code}/${one.evidence}`, what: one.what, since: one.since },
    });
  return [
    ...(trouble ? [{ kind: 'company' as const, subject: code, ...trouble }] : []),
    ...evidences.map(own('evidence')),
    ...calls.map(own('calls')),
  ];
}

function poison({ givenUp }: Facts): Wrong[] {
  return [...Map.groupBy(givenUp, ({ queue }) => queue)].map(([queue, all]) => ({
    ...{ kind: 'poison' as const, subject: queue, what: 'messages were given up' },
    names: [...new Set(all.flatMap(({ about }) => about || []))].slice(0, mostNames),
    count: all.length,
    since: all.reduce((first, { at }) => (at < first ? at : first), all[0]?.at ?? ''),
    see: '/health',
  }));
}

function closures({ closures: all }: Facts, now: Date): Wrong[] {
  return all
    .filter(({ until }) => new Date(until) > now)
    .map(({ id, server, company, until, reason, at }) => ({
      ...{ kind: 'closed' as const, subject: server ?? company ?? 'everything' },
      ...{ what: cut(reason, longestText), since: at, until },
      ...{ see: '/closures', mend: `DELETE /closures/${id}` },
    }));
}

const counted = (all: readonly unknown[]) => (all.length > 1 ? { count: all.length } : {});

function marks(by: Acknowledgement | undefined): Pick<Wrong, 'acknowledged'> {
  if (by === undefined) return {};
  const { until, note, user } = by;
  return { acknowledged: { until, note: cut(note, longestText), ...(user && { user }) } };
}

/** What is wrong now, in order of weight. A function of the facts. */

import {
  type Acknowledgement,
  acknowledgementOf,
  type Trouble,
} from '../../acknowledgements/acknowledgements.ts';
import { isOld } from '../../sync/ages/age.ts';
import type { Facts } from './facts.ts';
import { cancel, enableChangelog, open, poll, retry, sync } from './mend.ts';
import {
  acknowledgeable,
  brief,
  counted,
  marks,
  mostNames,
  type Wrong,
  type WrongTrouble,
  wrongKinds,
} from './wrong-line.ts';
import { wrongWithSchedule } from './wrong-schedules.ts';

/** All of it, what somebody knows of behind the rest. */
export function wrongIn(facts: Facts): Wrong[] {
  const now = new Date(facts.lookedAt);
  const current = facts.acknowledgements.filter(({ until }) => new Date(until) > now);
  const found = [
    ...failures(facts, current),
    ...wrongTroubles(facts).map(({ trouble, line }) => ({
      ...line,
      ...acknowledgeable([trouble]),
      ...marks(acknowledgementOf(trouble, current)),
    })),
    ...oldData(facts, current, now),
    ...companies(facts, current),
    ...closures(facts, now),
  ];
  return found.sort(byWeight);
}

/** Of schedules, runs, checks, queues and the system itself: what only the overview knows. */
export function troublesIn(facts: Facts): Trouble[] {
  return wrongTroubles(facts).map(({ trouble }) => trouble);
}

function wrongTroubles(facts: Facts): WrongTrouble[] {
  const now = new Date(facts.lookedAt);
  return [
    ...facts.schedules.flatMap((one) => wrongWithSchedule(one, now)),
    ...slowRuns(facts, now),
    ...differing(facts),
    ...system(facts),
    ...poison(facts),
  ];
}

function byWeight(one: Wrong, other: Wrong): number {
  const known = Number(one.acknowledged !== undefined) - Number(other.acknowledged !== undefined);
  if (known !== 0) return known;
  const failing = Number(one.state !== 'failing') - Number(other.state !== 'failing');
  if (failing !== 0) return failing;
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
    return { ...failure, trouble, known: acknowledgementOf(trouble, known) };
  });
  const groups = Map.groupBy(marked, ({ code, run, known: by }) => [code, run, by?.until].join());
  return [...groups.values()].flatMap((group) => {
    const [first] = group.toSorted((a, b) => (a.since < b.since ? -1 : 1));
    if (first === undefined) return [];
    const { code, run, since, message, known: by } = first;
    return {
      ...{ kind: 'failed' as const, subject: code, what: brief(message) },
      names: group.map(({ entity }) => entity).slice(0, mostNames),
      ...counted(group),
      ...{ since, ...again(group), run, see: `/runs/${run}`, ...retry(run) },
      ...acknowledgeable(group.map(({ trouble }) => trouble)),
      ...marks(by),
    };
  });
}

/** Of entities that failed in the same run: as often as the one that has failed most. */
function again(group: Facts['failures']): Pick<Wrong, 'again'> {
  const times = Math.max(...group.map((one) => (one.times ?? 1) - 1));
  const at = group.find((one) => one.at !== undefined)?.at;
  return at === undefined || times < 1 ? {} : { again: { times, at } };
}

/** A run has several servers, and is slow once. */
function slowRuns({ servers }: Facts, now: Date): WrongTrouble[] {
  const runs = new Map(servers.flatMap(({ run }) => (run ? [[run.id, run] as const] : [])));
  return [...runs.values()].flatMap(({ id, codes, slowFrom, due }) => {
    if (slowFrom === undefined || new Date(slowFrom) > now) return [];
    const subject =
      due === undefined ? codes.slice(0, mostNames).join(', ') : `schedule ${due.schedule}`;
    const [what, since] = ['slow', slowFrom];
    const links = { run: id, see: `/runs/${id}`, ...cancel(id) };
    return {
      trouble: { kind: 'slow', subject: id, what, since },
      line: { kind: 'late', subject, what, since, ...links },
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
    const back = all.flatMap((age) => (age.isDated ? monthsBack(age, now) : []));
    return { code, entity, back, since, trouble, by: acknowledgementOf(trouble, known) };
  });
  const groups = Map.groupBy(marked, ({ code, by }) => [code, by?.until].join());
  return [...groups.values()].flatMap((group) => {
    const [first] = group.toSorted((a, b) => (a.since < b.since ? -1 : 1));
    if (first === undefined) return [];
    const { code, since, by } = first;
    const entities = group.map(({ entity }) => entity);
    const back = group.flatMap((one) => one.back).sort((one, other) => other - one);
    return {
      ...{ kind: 'old' as const, subject: code, what: 'its data are old', since },
      names: entities.slice(0, mostNames),
      ...{ ...counted(group), see: '/ages', ...sync(code, entities, back[0]) },
      ...acknowledgeable(group.map(({ trouble }) => trouble)),
      ...marks(by),
    };
  });
}

const hourMs = 3_600_000;
/** A year; what is older than that is no slip of a night. */
const mostMonthsBack = 11;

/**
 * How many months before the current one are to be synced with it: rows have been missing since the
 * newest came, so that its month is the first. Which month an instant is in depends on the zone, at
 * most 12 hours behind UTC and 14 before it: where that is in doubt one more is synced, none less.
 */
function monthsBack({ oldAt, maxAgeMs }: Facts['ages'][number], now: Date): number {
  if (oldAt === undefined) return 0;
  const monthOf = (at: number) => {
    const day = new Date(at);
    return day.getUTCFullYear() * 12 + day.getUTCMonth();
  };
  const first = monthOf(Date.parse(oldAt) - maxAgeMs - 12 * hourMs);
  return Math.min(mostMonthsBack, Math.max(0, monthOf(now.getTime() + 14 * hourMs) - first));
}

/** Until the next check agrees; of one that nobody could read nothing is known. */
function differing({ cells }: Facts): WrongTrouble[] {
  return cells.flatMap(({ code, entity, check }) => {
    if (check?.state !== 'differs') return [];
    const { run, at, what = '', agreedAt, firstAt } = check;
    // However often it has been checked meanwhile, it is the same trouble.
    const since = agreedAt ?? firstAt ?? at;
    const links = { run, see: `/runs/${run}`, ...retry(run, 'all') };
    return {
      trouble: { kind: 'check', subject: `${code}/${entity}`, what: 'differs', since },
      line: { kind: 'differs', subject: code, what, names: [entity], since: at, ...links },
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
      ...(codes.length === 1 && cureOf(code, trouble.what)),
      ...acknowledgeable(group.map((one) => one.trouble)),
      ...marks(by),
    };
  });
}

const cureOf = (company: string, what: string) =>
  what === 'changelog disabled' ? enableChangelog(company) : poll(company);

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

/** While a part is as bad as it is, it is the same trouble, whatever its reason says of times and numbers. */
function system({ system: seen }: Facts): WrongTrouble[] {
  return (seen?.wrong ?? []).map(({ part, state, reason, since }) => ({
    trouble: { kind: 'system', subject: part, what: state, since },
    line: {
      ...{ kind: 'system', state, subject: part, what: brief(reason), since },
      see: '/health',
    },
  }));
}

/** One more that is given up is another trouble. */
function poison({ givenUp }: Facts): WrongTrouble[] {
  return [...Map.groupBy(givenUp, ({ queue }) => queue)].map(([queue, all]) => {
    const times = all.map(({ at }) => at).sort();
    const [since = '', latest = since] = [times[0], times.at(-1)];
    const what = 'messages were given up';
    const names = [...new Set(all.flatMap(({ about }) => about || []))].slice(0, mostNames);
    return {
      trouble: { kind: 'queue', subject: queue, what, since: latest },
      line: {
        ...{ kind: 'poison', subject: queue, what, names, count: all.length, since },
        see: '/health',
      },
    };
  });
}

function closures({ closures: all }: Facts, now: Date): Wrong[] {
  return all
    .filter(({ until }) => new Date(until) > now)
    .map(({ id, server, company, until, reason, at }) => ({
      ...{ kind: 'closed' as const, subject: server ?? company ?? 'everything' },
      ...{ what: brief(reason), since: at, until },
      ...{ see: '/closures', ...open(id) },
    }));
}

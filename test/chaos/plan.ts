/** What happens in one episode, decided before it begins by nothing but its seed. */

import { between, hash, pick, type Random, seededRandom } from '../support/random.ts';
import { type CatalogChange, catalogChanges, codesByServer, entityNames } from './catalog.ts';
import { planRecordChanges, type RecordChange } from './companies.ts';
import { type Habits, planHabits } from './habits.ts';
import { type CursorHarm, type Harm, planCursorHarms, planHarm } from './harm.ts';

/** `kill` is SIGKILL; a frozen worker is taken for dead and comes back; `stop` is a scale-in. */
export type DeathKind = 'kill' | 'freeze' | 'stop';

export interface Death {
  how: DeathKind;
  moment:
    | {
        /** Whoever makes the n-th storage call after the death before is the one. */
        storageCall: number;
        /** Storage carries the call out, and only its answer is lost. */
        done: boolean;
      }
    | { afterMs: number /** Counted round. */; worker: number };
  /** From the death to the end of the worker's leases. */
  expireAfterMs: number;
  /** The end of its leases is not played but comes by itself: they run out. */
  isLong: boolean;
  /** From the end of the leases to the frozen worker's return. */
  thawAfterMs: number;
}

export interface EpisodePlan {
  number: number;
  seed: number;
  workers: number;
  /** One sync each; no two need the same source server. */
  requests: { codes: string[]; afterMs: number }[];
  /** The share of storage calls that suffer a fault, in percent; the longest stall. */
  faults: { percent: number; stallMs: number };
  /** What the stand-in makes procedures wait, by the entity in their names. */
  delaysMs: Record<string, number>;
  deaths: Death[];
  outages: { worker: number; afterMs: number; forMs: number }[];
  /** Messages that come again, or before their time. */
  messages: { request: number; afterMs: number }[];
  habits: Habits;
  /** Somebody wants the run of a request stopped. */
  cancels: { request: number; afterMs: number }[];
  harms: Harm[];
  /** What becomes of the companies' records, and of their cursors. */
  records: RecordChange[];
  cursors: CursorHarm[];
  /** The catalogue that workers have which start from then on; one is replaced at once. */
  catalog: { change: CatalogChange; worker: number; afterMs: number } | undefined;
}

const servers = codesByServer();

/** @param isHarsh also what takes lives of leases: long freezes, lost locks; and three workers */
export function planEpisode(seed: number, number: number, isHarsh = false): EpisodePlan {
  const random = seededRandom(hash(`${seed} ${number}`));
  // Workers come and go every few episodes: a process costs a second to start.
  const fewest = isHarsh ? 3 : 1;
  const workers = between(
    seededRandom(hash(`${seed} workers ${Math.floor(number / 4)}`)),
    fewest,
    3,
  );
  const some = <T>(from: number, to: number, make: () => T): T[] =>
    Array.from({ length: between(random, from, to) }, make);
  const requests = planRequests(random);
  const others = seededRandom(hash(`${seed} ${number} companies`));
  return {
    number,
    seed: hash(`${seed} ${number}`),
    records: planRecordChanges(others),
    cursors: planCursorHarms(others),
    workers,
    requests,
    faults: { percent: pick(random, [0, 2, 4, 8, 12]), stallMs: between(random, 20, 400) },
    delaysMs: {
      ...Object.fromEntries(entityNames.map((name) => [name, between(random, 0, 30)])),
      [pick(random, entityNames)]: between(random, 50, 250),
    },
    // Now and then nobody dies: then nothing may be interrupted or cut short.
    deaths: random() < 0.25 ? [] : some(1, 2, () => planDeath(random, isHarsh)),
    outages: some(0, 1, () => ({
      worker: between(random, 0, 2),
      afterMs: between(random, 0, 800),
      forMs: between(random, 50, 800),
    })),
    messages: some(0, 6, () => ({
      request: between(random, 0, requests.length - 1),
      afterMs: between(random, 50, 800),
    })),
    habits: planHabits(random),
    cancels:
      random() < 0.2
        ? [{ request: between(random, 0, requests.length - 1), afterMs: between(random, 0, 3_000) }]
        : [],
    harms:
      random() < (isHarsh ? 0.7 : 0.3)
        ? some(1, 3, () => planHarm(random, requests.length, isHarsh))
        : [],
    catalog:
      random() < 0.2
        ? {
            change: pick(random, catalogChanges),
            worker: between(random, 0, 2),
            afterMs: between(random, 0, 1_500),
          }
        : undefined,
  };
}

/** One source, two of one server, or two servers in one run; alone or beside another run. */
function planRequests(random: Random): EpisodePlan['requests'] {
  const free = Object.values(servers);
  const take = () => free.splice(between(random, 0, free.length - 1), 1)[0] ?? [];
  const afterMs = () => between(random, 0, 300);
  const first = take();
  const codes = [pick(random, first)];
  const shape = random();
  if (shape < 0.15) codes.push(...first.filter((code) => !codes.includes(code)).slice(0, 1));
  else if (shape < 0.3) codes.push(pick(random, take()));
  const requests = [{ codes, afterMs: 0 }];
  if (random() < 0.6) requests.push({ codes: [pick(random, take())], afterMs: afterMs() });
  return requests;
}

/** A lease lives 15 s; its keeper has it renewed for the last time a quarter of that before. */
const longFreezeMs = { least: 16_000, most: 24_000 };

function planDeath(random: Random, isHarsh: boolean): Death {
  const how = random();
  const isFreeze = how >= 0.75 && how < 0.9;
  const isLong = isHarsh && isFreeze && random() < 0.5;
  return {
    how: isFreeze ? 'freeze' : how < 0.75 ? 'kill' : 'stop',
    moment:
      random() < 0.8
        ? { storageCall: between(random, 1, 60), done: random() < 0.5 }
        : { afterMs: between(random, 0, 1_000), worker: between(random, 0, 2) },
    isLong,
    expireAfterMs: isLong
      ? between(random, longFreezeMs.least, longFreezeMs.most)
      : between(random, 0, 300),
    thawAfterMs: between(random, 0, 1_500),
  };
}

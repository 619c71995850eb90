/** The catalogue changes again and again under runs and requests: none mixes two, none is harmed. */

import { setTimeout as sleep } from 'node:timers/promises';
import { scaled } from 'stand-in-kit/testing/patience';
import { isFinished, type Run } from '../../../shared/sync/run.ts';
import { call, post } from '../../functions/app.ts';
import { between, hash, pick, type Random, seededRandom } from '../../support/random.ts';
import { codes, type Fault, faults, usual } from './catalog.ts';
import { checkRuns, checkWorkers, numberIn } from './checks.ts';
import { type ReloadWorld, startReloadWorld } from './world.ts';

export interface ReloadOptions {
  seed: number;
  seconds: number;
  /** From one catalogue to the next. */
  everyMs: number;
  /** How often each worker looks. */
  lookMs: number;
  log(line: string): void;
}

export interface ReloadSummary {
  /** By how they ended. */
  runs: Record<string, number>;
  catalogs: number;
  faulty: number;
  /** Revisions that runs were planned by. */
  used: number;
  /** Runs that a worker with another catalogue than theirs has executed. */
  passedOn: number;
  requests: number;
  calls: number;
}

/** The last catalogue of so many is wrong. */
const faultyOf = 4;
/** Runs that are asked for at the same time. */
const asking = 3;
const asked = { token: 'demo-token', user: 'reload' };
const headers = { authorization: 'Bearer demo-token' };

/** @throws Error that names every rule that was broken */
export async function runReload(options: ReloadOptions): Promise<ReloadSummary> {
  const { seed, seconds, everyMs, lookMs, log } = options;
  const world = await startReloadWorld(lookMs);
  try {
    const until = performance.now() + seconds * 1_000;
    const isOver = () => performance.now() >= until;
    const broken: string[] = [];
    const ids: string[] = [];
    const random = (part: string) => seededRandom(hash(`${seed} ${part}`));
    const changes = changing(world, random('changes'), everyMs, isOver);
    const requests = looking(world, random('look'), isOver, broken);
    const starts = Array.from({ length: asking }, (_, part) =>
      starting(world, random(`start ${part}`), isOver, ids, broken),
    );
    const [{ last, faulty }] = await Promise.all([changes, ...starts]);
    const answers = await requests;
    log(`${last + 1} catalogues, ${ids.length} runs asked for`);
    const runs = await Promise.all(ids.map((id) => ended(world, id)));
    const { passedOn, used, broken: inRuns } = checkRuns(runs, world.sql.seen);
    broken.push(...inRuns, ...(await checkWorkers(world.workers, last)));
    broken.push(...world.thrown.map((error) => `a function threw: ${error}`));
    if (broken.length > 0) throw new Error(broken.slice(0, 20).join('\n'));
    const states = Object.groupBy(runs, ({ state }) => state);
    return {
      runs: Object.fromEntries(Object.entries(states).map(([state, all]) => [state, all.length])),
      ...{ catalogs: last + 1, faulty, used, passedOn },
      requests: answers,
      calls: world.sql.seen.filter(({ kind }) => kind === 'procedure').length,
    };
  } finally {
    await world.close();
  }
}

/** The last one is right, so that all workers come to have it. */
async function changing(
  world: ReloadWorld,
  random: Random,
  everyMs: number,
  isOver: () => boolean,
): Promise<{ last: number; faulty: number }> {
  let number = 0;
  let faulty = 0;
  while (!isOver()) {
    await sleep(everyMs);
    number += 1;
    const fault: Fault | undefined =
      number % faultyOf === faultyOf - 1 ? pick(random, faults) : undefined;
    if (fault !== undefined) faulty += 1;
    await world.publish(number, fault);
  }
  await world.publish(number + 1);
  return { last: number + 1, faulty };
}

/** Runs of what every catalogue has, and of whole sources, which have what their catalogue has. */
async function starting(
  world: ReloadWorld,
  random: Random,
  isOver: () => boolean,
  ids: string[],
  broken: string[],
): Promise<void> {
  while (!isOver()) {
    const worker = pick(random, world.workers);
    const code = pick(random, codes);
    const whole = { ...asked, code, whenBusy: 'wait' };
    const isWhole = between(random, 1, 2) === 1;
    const body = isWhole ? whole : { ...whole, name: pick(random, usual) };
    const answer = await post(worker, isWhole ? 'data_source_sync' : 'entity_sync', body);
    if (answer.status !== 202) {
      broken.push(`${answer.status} at a start: ${answer.text}`);
      continue;
    }
    const id = answer.headers.get('location')?.replace('/runs/', '') ?? '';
    ids.push(id);
    if (answer.queued !== undefined) await world.send(id);
    // One at a time for each who asks: on a slow machine they are fewer, and end all the same.
    await ended(world, id);
    await sleep(between(random, 0, 400));
  }
}

/** Whatever one answer says is of one catalogue. @returns how many answers */
async function looking(
  world: ReloadWorld,
  random: Random,
  isOver: () => boolean,
  broken: string[],
): Promise<number> {
  let count = 0;
  while (!isOver()) {
    const worker = pick(random, world.workers);
    const query = { dry: 'true' };
    const calls = usual.map((name) => ({ code: [...codes], name }));
    const body = { ...asked, calls };
    const answers = await Promise.all([
      call(worker, 'valid_codes'),
      call(worker, 'valid_codes', { query: { view: 'form' } }),
      call(worker, 'valid_names', { params: { code: pick(random, codes) } }),
      call(worker, 'dynsql_definitions', { headers, params: { connection: 'base' } }),
      post(worker, 'runs', body, {}, { query }),
    ]);
    for (const { text, status } of answers) {
      count += 1;
      const numbers = numberIn(text);
      if (status !== 200 || numbers.size !== 1) {
        broken.push(`${status}, numbers ${[...numbers]}: ${text.slice(0, 300)}`);
      }
    }
    await sleep(between(random, 100, 300));
  }
  return count;
}

async function ended({ workers: [worker] }: ReloadWorld, id: string): Promise<Run> {
  const until = performance.now() + scaled(60_000);
  for (;;) {
    const run = await worker?.current.syncs.read(id, AbortSignal.timeout(30_000));
    if (run !== undefined && isFinished(run)) return run;
    if (performance.now() > until) {
      throw new Error(`run ${id} has not ended: ${JSON.stringify(run?.log)}`);
    }
    await sleep(100);
  }
}

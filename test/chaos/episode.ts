/** One episode: syncs are asked for, things go wrong as planned, and then everything is checked. */

import { setTimeout as sleep } from 'node:timers/promises';
import { scaled } from 'stand-in-kit/testing/patience';
import type { ProcedureCall } from 'tds-sqlite';
import { standInAt, withDatabase } from '../../demo/billing/connections.ts';
import { tick } from '../../demo/billing/index.ts';
import type { Run } from '../../shared/sync/run.ts';
import { checkEpisode } from './checks.ts';
import { cancelRun, runsOf, startSync } from './client.ts';
import { changeRecords, followed } from './companies.ts';
import type { Fleet } from './fleet.ts';
import { type Harmed, harmBlobs, harmCursor } from './harm.ts';
import type { EpisodePlan } from './plan.ts';
import { checkRecord } from './record.ts';
import { report } from './report.ts';
import { checkSaid } from './said.ts';
import { finished, freed, quiet } from './settled.ts';
import type { Work } from './unruly.ts';
import { workOf } from './work.ts';
import type { World } from './world.ts';

/**
 * The slowest way through on an idle machine: a lease that was granted and not heard of lives its
 * 15 s, twice; a worker is frozen for 25 s, twice, and what it held is free three leases later.
 */
const limitMs = 60_000;
const longLimitMs = 120_000;
export interface EpisodeResult {
  runs: Run[];
  /** Workers that died or left meanwhile. */
  deaths: number;
  calls: number;
  /** Attempts beyond the one that each stage takes. */
  repeated: number;
  /** What POSTs got instead of 202. */
  answers: string[];
  /** What was damaged or deleted, by kind. */
  harmed: string[];
  /** Records of companies, by what was done to them. */
  records: string[];
  /** What the unruly entities' procedures have left, for these runs. */
  work: Work[];
}

/** @throws Error with everything there is to know when a rule was broken or time is up */
export async function playEpisode(
  world: World,
  fleet: Fleet,
  plan: EpisodePlan,
): Promise<EpisodeResult> {
  const { sql } = world;
  const firstCall = sql.calls().at(-1)?.id ?? 0;
  const users = plan.requests.map((_, index) => `chaos ${plan.seed} ${plan.number} ${index}`);
  const runs = new Map<string, Run>();
  const before = {
    deaths: fleet.deaths,
    attentions: fleet.counts.freeze + fleet.counts.stop,
  };
  const cancelled = new Set<string>();
  const harmed: Harmed[] = [];
  const companies: Companies = { harmed: [], records: [] };
  const calls = () => sql.calls().filter((call) => call.id > firstCall && !isOfNoRun(call));
  try {
    const happening = { runs, cancelled, harmed, companies };
    const answers = await play(world, fleet, plan, users, happening);
    await fleet.disarm();
    const signal = AbortSignal.timeout(scaled(limitMs));
    const restless = [
      ...(await followed(world, signal)),
      ...(await quiet(world)),
      ...(await freed(world, signal)),
    ];
    const happened = {
      deaths: fleet.deaths - before.deaths,
      attentions: fleet.counts.freeze + fleet.counts.stop - before.attentions + cancelled.size,
    };
    const all = [...runs.values()];
    const work = await world.unruly.work();
    const { habits } = plan;
    const said = happened.deaths === 0 && harmed.length === 0 ? all : [];
    const broken = [
      ...restless,
      ...(await Promise.all(said.map((run) => checkSaid(world, run, work, habits)))).flat(),
      ...(await checkEpisode(calls(), all, sql, { habits, work, cancelled, harmed })),
      ...(await checkRecord(world, calls(), all, harmed)),
      ...(harmed.length === 0 ? unexplained(happened, calls(), all) : []),
    ];
    if (broken.length > 0) throw new Error(broken.join('\n'));
    const { deaths } = happened;
    return {
      ...{ runs: all, deaths, calls: calls().length, repeated: repeated(all), answers },
      work: workOf([...all, ...harmed.flatMap(({ run }) => run ?? [])], work),
      harmed: [...harmed.map(({ harm }) => `${harm.what} ${harm.how}`), ...companies.harmed],
      records: companies.records,
    };
  } catch (error) {
    throw new Error(report(plan, [...runs.values()], calls(), fleet), { cause: error });
  }
}

/** How often a stage was begun again. */
function repeated(runs: readonly Run[]): number {
  const stages = runs.flatMap((run) => run.stages);
  return stages.reduce((sum, { attempts }) => sum + Math.max(0, attempts.length - 1), 0);
}

interface Happened {
  deaths: number;
  /** Deaths of which a procedure hears by an attention: the worker was there to send it. */
  attentions: number;
}

/** What nothing that happened explains. */
function unexplained(
  happened: Happened,
  calls: readonly ProcedureCall[],
  runs: readonly Run[],
): string[] {
  const broken: string[] = [];
  const stages = runs.reduce((sum, run) => sum + run.stages.length, 0);
  const servers = new Set(runs.flatMap((run) => run.stages.map(({ server }) => server)));
  // A worker has at most one procedure under way on each server.
  const explained = happened.deaths * servers.size;
  if (calls.length > stages + explained) {
    broken.push(`${calls.length} calls of ${stages} stages after ${happened.deaths} deaths`);
  }
  if (happened.deaths === 0) {
    for (const { id, state, startedAt } of runs) {
      // One that was never begun has lost its storage, not its worker.
      if (state === 'interrupted' && startedAt !== undefined)
        broken.push(`run ${id}: interrupted, and nobody died`);
    }
    const cut = calls.filter(({ outcome }) => outcome === 'disconnected');
    for (const { id } of cut) broken.push(`call ${id}: cut off, and nobody died`);
  }
  if (happened.attentions === 0) {
    const cancelled = calls.filter(({ outcome }) => outcome === 'cancelled');
    for (const { id } of cancelled) broken.push(`call ${id}: cancelled, and nobody had a reason`);
  }
  return broken;
}

/** Grows while the episode is played. */
interface Happening {
  runs: Map<string, Run>;
  cancelled: Set<string>;
  harmed: Harmed[];
  companies: Companies;
}

/** What was done to companies: their cursors by kind, and their records. */
interface Companies {
  harmed: string[];
  records: string[];
}

/**
 * What follows companies needs no fence, and belongs to no run: it says which company it is for.
 * Business in the sources is nobody's run either.
 */
function isOfNoRun({ procedure, parameters }: ProcedureCall): boolean {
  return 'company' in parameters || /flexi|sp_demo_tick/.test(procedure);
}

async function play(
  world: World,
  fleet: Fleet,
  plan: EpisodePlan,
  users: readonly string[],
  { runs, cancelled, harmed, companies }: Happening,
): Promise<string[]> {
  const isLong = plan.harms.length > 0 || plan.deaths.some((death) => death.isLong);
  const signal = AbortSignal.timeout(scaled(isLong ? longLimitMs : limitMs));
  let under = 0;
  // An int.
  const seed = plan.seed % 2 ** 31;
  await tick((name) => withDatabase(standInAt(world.sql.port), name), seed);
  await Promise.all([delayProcedures(world, plan), world.unruly.behave(plan.habits)]);
  await fleet.resize(plan.workers);
  fleet.arm(plan);
  const after = async (ms: number, work: () => Promise<unknown>) => {
    under += 1;
    await sleep(ms);
    await work();
    under -= 1;
  };
  const { catalog } = plan;
  const asked = plan.requests.map(async ({ codes, afterMs }, index) => {
    await sleep(afterMs);
    return startSync(world, fleet, codes, users[index] ?? '', signal);
  });
  const incidents = [
    ...plan.outages.map(({ worker, afterMs, forMs }) =>
      after(afterMs, () => fleet.outage(worker, forMs)),
    ),
    ...plan.messages.map(({ request, afterMs }) =>
      after(afterMs, async () => {
        for (const { id } of await runsOf(world, users[request] ?? '', signal))
          await world.send(id);
      }),
    ),
    ...plan.cancels.map(({ request, afterMs }) =>
      after(afterMs, async () => {
        for (const { id } of await runsOf(world, users[request] ?? '', signal)) {
          cancelled.add(id);
          await cancelRun(fleet, id, signal);
        }
      }),
    ),
    ...plan.harms.map((harm) =>
      after(0, async () => {
        // On a busy machine there is nothing to harm for seconds.
        if (harm.answered) await asked[harm.request]?.catch(() => {});
        await sleep(harm.afterMs);
        const found = await runsOf(world, users[harm.request] ?? '', signal);
        const ids = found.map(({ id }) => id);
        // Its name may be among what is damaged.
        for (const id of ids) {
          const stored = await world.state.runs.read(id, signal);
          if (stored !== undefined) runs.set(id, stored.value);
        }
        harmed.push(...(await harmBlobs(world.container, harm, ids)));
      }),
    ),
    ...plan.records.map((change) =>
      after(change.afterMs, async () => {
        const records = changeRecords(world, change);
        for (let n = 0; n < records; n += 1) companies.records.push(change.how);
      }),
    ),
    ...plan.cursors.map((harm) =>
      after(harm.afterMs, async () => {
        const isHarmed = await harmCursor(world.container, harm);
        if (isHarmed) companies.harmed.push(`cursor ${harm.how}`);
      }),
    ),
    ...(catalog === undefined
      ? []
      : [
          after(catalog.afterMs, async () => {
            await world.changeCatalog(catalog.change);
            fleet.replace(catalog.worker);
          }),
        ]),
  ];
  const answers = await Promise.all(asked);
  const disturbances = () => (under > 0 ? undefined : fleet.disturbances);
  await Promise.all([...incidents, finished(world, users, runs, disturbances, signal)]);
  return answers.flat();
}

async function delayProcedures({ control }: World, { delaysMs }: EpisodePlan): Promise<void> {
  const prefixes = [
    'dbo.sp_export_to_bill_ab_',
    'prep.sp_export_to_prep_',
    'crude.sp_load_datasource_',
    'heap.sp_load_to_heap_from_crude_',
  ];
  for (const [entity, delayMilliseconds] of Object.entries(delaysMs)) {
    for (const prefix of prefixes) {
      await control('PUT', `/procedures/${prefix}${entity}`, { delayMilliseconds });
    }
  }
}
